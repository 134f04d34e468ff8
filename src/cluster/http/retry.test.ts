import { expect, test } from "vitest";
import type { Answer } from "./exchange.ts";
import { backOff, judge, type Outcome, retryAfter } from "./retry.ts";

const status = (code: number, message: string, details?: object, reason = ""): Answer => ({
  status: code,
  headers: {},
  body: JSON.stringify({ kind: "Status", code, message, details, reason }),
});
const plain = (code: number, body = ""): Answer => ({ status: code, headers: {}, body });
const webhook = (why: string): Answer =>
  status(
    500,
    `Internal error occurred: failed calling webhook "w.x": Post "https://w.x.svc:443/?timeout=10s": ${why}`,
  );

test.each<[string, Answer, Outcome]>([
  ["200", plain(200), "final"],
  ["404", plain(404), "final"],
  ["409 of a version", status(409, "modified", { kind: "configmaps" }), "final"],
  ["409 of the quota", status(409, "modified", { kind: "resourcequotas" }), "not-done"],
  ["429", status(429, "busy"), "not-done"],
  ["403", status(403, 'configmaps "a" is forbidden'), "final"],
  [
    "403 of a namespace just created",
    status(
      403,
      'pods "shell" is forbidden: error looking up service account db/default: serviceaccount "default" not found',
    ),
    "not-done",
  ],
  ["503 of the server", status(503, "starting"), "not-done"],
  ["503 of a load balancer", plain(503, "<html>"), "perhaps-done"],
  ["502", plain(502), "perhaps-done"],
  ["504", status(504, "Timeout: request did not complete"), "perhaps-done"],
  ["etcd between leaders", status(500, "etcdserver: leader changed"), "perhaps-done"],
  [
    "etcd too slow",
    status(500, "rpc error: code = Unknown desc = etcdserver: request timed out"),
    "perhaps-done",
  ],
  ["etcd full", status(500, "etcdserver: mvcc: database space exceeded"), "failing"],
  ["ServerTimeout", status(500, "try again", {}, "ServerTimeout"), "perhaps-done"],
  [
    "a webhook that refuses connections",
    webhook("dial tcp 10.0.0.1:443: connect: connection refused"),
    "not-done",
  ],
  ["a webhook too slow", webhook("context deadline exceeded"), "not-done"],
  ["a webhook without pods", webhook('no endpoints available for service "w"'), "not-done"],
  [
    "a webhook that breaks",
    webhook('an error on the server ("panic") has prevented the request from succeeding'),
    "not-done",
  ],
  ["a webhook without a Service", webhook('service "w" not found'), "final"],
  [
    "a webhook with a bad certificate",
    webhook("x509: certificate signed by unknown authority"),
    "final",
  ],
  [
    "a patch that old servers cannot type",
    status(500, "failed to create typed patch object: x"),
    "final",
  ],
])("%s is %s", (_, answer, outcome) => {
  expect(judge(answer)).toBe(outcome);
});

const NOW = Date.parse("Sat, 21 Nov 2026 04:00:00 GMT");
test.each<[string | undefined, number | undefined]>([
  ["3", 3000],
  ["0", 0],
  ["Sat, 21 Nov 2026 04:00:07 GMT", 7000],
  ["Sat, 21 Nov 2026 03:00:00 GMT", 0],
  ["soon", undefined],
  [undefined, undefined],
])("Retry-After: %s", (header, wait) => {
  const headers = header === undefined ? {} : { "retry-after": header };
  expect(retryAfter({ status: 429, headers, body: "" }, NOW)).toBe(wait);
});

test("a date counts by the server's clock, however wrong ours is", () => {
  const headers = {
    "retry-after": "Sat, 21 Nov 2026 09:00:07 GMT",
    date: "Sat, 21 Nov 2026 09:00:00 GMT",
  };
  expect(retryAfter({ status: 429, headers, body: "" }, NOW)).toBe(7000);
});

test("the Status's own word on waiting", () => {
  expect(retryAfter(status(500, "x", { retryAfterSeconds: 2 }), NOW)).toBe(2000);
});

test("waits grow, stay under the cap, and are random in their upper half", () => {
  expect([1, 2, 3, 4, 50].map((n) => backOff(n, 100, 1000, () => 1))).toEqual([
    100, 200, 400, 800, 1000,
  ]);
  expect([1, 2, 3, 4, 50].map((n) => backOff(n, 100, 1000, () => 0))).toEqual([
    50, 100, 200, 400, 500,
  ]);
});
