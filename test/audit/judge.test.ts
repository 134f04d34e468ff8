import { describe, expect, test } from "vitest";
import { type AuditEvent, readAuditEvent } from "../support/audit/audit-event.ts";
import {
  begunAfter,
  changedMore,
  changes,
  createdTwice,
  type Drivers,
  leftOver,
  writtenWithoutLease,
} from "../support/audit/judge.ts";

// What the suites on real clusters are judged by. A line is `SECONDS USER VERB RESOURCE NAME`, with `(CODE)` when it was not 200 and `dry` for a dry run.

const BY: Drivers = { isDriver: (user) => user.startsWith("d"), lease: "small-kplan" };

test("a line of kube-apiserver's audit log", () => {
  const line = `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"1","stage":"ResponseComplete","requestURI":"/apis/apps/v1/namespaces/db/statefulsets/galera?fieldManager=kplan\\u0026dryRun=All","verb":"patch","user":{"username":"admin"},"impersonatedUser":{"username":"driver-1"},"sourceIPs":["10.10.0.254"],"userAgent":"kplan/0.1.0 (linux/x64)","objectRef":{"resource":"statefulsets","namespace":"db","name":"galera","apiGroup":"apps","apiVersion":"v1"},"responseStatus":{"metadata":{},"code":200},"requestReceivedTimestamp":"2026-11-21T10:13:40.184510Z","stageTimestamp":"2026-11-21T10:13:40.193329Z"}`;
  expect(readAuditEvent(line)).toEqual({
    ...{ received: 1795256020184, answered: 1795256020193, user: "driver-1", verb: "patch" },
    ...{ resource: "statefulsets.apps", subresource: "", namespace: "db", name: "galera" },
    ...{ code: 200, dryRun: true },
  });
  expect(readAuditEvent(line.replace("ResponseComplete", "ResponseStarted"))).toBeUndefined();
});

describe("created twice", () => {
  test.each<[string, string[], string[]]>([
    ["once", ["1 d1 create services a (201)"], []],
    [
      "by two drivers",
      ["1 d1 create services a (201)", "2 d2 create services a (201)"],
      ["services db/a was created by d1 and again by d2"],
    ],
    [
      "deleted in between",
      ["1 d1 create services a (201)", "2 x delete services a", "3 d2 create services a (201)"],
      [],
    ],
    [
      "all deleted in between",
      ["1 d1 create pods a (201)", "2 x deletecollection pods -", "3 d2 create pods a (201)"],
      [],
    ],
    [
      "refused, and tried dry",
      [
        "1 d1 create services a (201)",
        "2 d2 create services a (409)",
        "3 d2 create services a (201) dry",
      ],
      [],
    ],
    [
      "others' doing",
      ["1 kcm create pods a (201)", "2 kcm create pods a (201)", "3 d1 create pods/exec a (101)"],
      [],
    ],
  ])("%s", (_, lines, found) => {
    expect(createdTwice(events(lines), BY)).toEqual(found);
  });
});

test("left over is what a driver created and nobody deleted", () => {
  const lines = [
    ...["1 d1 create services a (201)", "1 d1 create secrets b (201)", "1 kcm create pods c (201)"],
    ...["2 gc delete services a", "2 d1 delete secrets b (409)"],
  ];
  expect(leftOver(events(lines), BY)).toEqual(["secrets db/b"]);
});

describe("written without the Lease", () => {
  const taken = ["1 d1 create leases.coordination.k8s.io small-kplan (201)"];
  const takenOver = [...taken, "20 d2 update leases.coordination.k8s.io small-kplan"];
  test.each<[string, string[], string[]]>([
    ["the holder writes", [...taken, "2 d1 patch services a"], []],
    ["the next holder writes", [...takenOver, "21 d2 patch services a"], []],
    [
      "nobody holds it",
      ["1 d1 patch services a"],
      ["d1: patch services db/a at 00:00:01.000, when nobody had taken the Lease"],
    ],
    [
      "the one before wakes up",
      [...takenOver, "21 d1 patch services a"],
      ["d1: patch services db/a at 00:00:21.000, when d2 had taken the Lease"],
    ],
    ["and is refused", [...takenOver, "21 d1 patch services a (409)"], []],
    [
      "or runs a command",
      [...takenOver, "21 d1 create pods/exec a (101)"],
      ["d1: create pods/exec db/a at 00:00:21.000, when d2 had taken the Lease"],
    ],
    ["or only looks", [...takenOver, "21 d1 get services a", "22 d1 patch services a dry"], []],
    ["somebody asks the holder", [...taken, "2 d9 patch instances.kudo.dev small"], []],
    [
      "who asks may not do more",
      [...taken, "2 d9 delete instances.kudo.dev small"],
      ["d9: delete instances.kudo.dev db/small at 00:00:02.000, when d1 had taken the Lease"],
    ],
  ])("%s", (_, lines, found) => {
    expect(writtenWithoutLease(events(lines), BY, new Set(["d9"]))).toEqual(found);
  });
});

test("begun after: objects and commands, not what tells how far things are", () => {
  const lines = [
    ...["1 d1 patch services a", "5 d1 patch services b", "6 d1 create pods/exec c (101)"],
    ...["6 d1 patch instances.kudo.dev/status small", "6 d1 update configmaps small-run-3"],
    ...["6 d2 patch services d"],
  ];
  const late = begunAfter(events(lines), BY, { until: 4000, except: new Set(["d2"]) });
  expect(late).toEqual([
    "d1: patch services db/b, 1000 ms late",
    "d1: create pods/exec db/c, 2000 ms late",
  ]);
});

test("changed more often than undisturbed, less what fencing costs", () => {
  const counts = changes(
    events([
      ...["1 d1 patch services a", "2 d2 patch services a", "2 d2 update configmaps small-run-1"],
      ...["3 d1 patch statefulsets.apps b", "4 d1 patch services a (409)", "5 x patch services a"],
    ]),
    BY,
  );
  expect(counts).toEqual({ "services db/a": 2, "statefulsets.apps db/b": 1 });
  const calm = { "services db/a": 1, "statefulsets.apps db/b": 1 };
  expect(changedMore(counts, calm)).toEqual(["services db/a was changed 2 times, undisturbed 1"]);
  expect(changedMore(counts, calm, 1)).toEqual([]);
});

function events(lines: readonly string[]): AuditEvent[] {
  return lines.map((line) => {
    const [seconds = "", user = "", verb = "", what = "", name = "", ...rest] = line.split(" ");
    const [resource = "", subresource = ""] = what.split("/");
    const at = Number(seconds) * 1000;
    const code = Number(/\((\d+)\)/.exec(line)?.[1] ?? 200);
    const dryRun = rest.includes("dry");
    return {
      received: at,
      answered: at,
      user,
      verb,
      resource,
      subresource,
      namespace: "db",
      name,
      code,
      dryRun,
    };
  });
}
