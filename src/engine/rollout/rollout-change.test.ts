import fc from "fast-check";
import { expect, test } from "vitest";
import { needsSettling, nextChange, onTheWay, type RolloutView } from "./rollout-change.ts";

/** Pods by ordinal: `n`ew and ready, `o`ld and ready, `N`/`O` broken, `l`eaving, `-` not there, `s`tarting with the new template, `S` with the old one. */
function view(pods: string, more: Partial<RolloutView> = {}): RolloutView {
  const replicas = pods.length;
  return {
    start: 0,
    replicas,
    target: replicas,
    partition: 0,
    lastPartition: 0,
    inPlace: "yes",
    pods: [...pods].flatMap((letter, ordinal) =>
      letter === "-"
        ? []
        : [
            {
              ordinal,
              name: `db-${ordinal}`,
              updated: "nNs".includes(letter),
              ready: "no".includes(letter),
              leaving: letter === "l",
              broken: "NO".includes(letter),
            },
          ],
    ),
    ...more,
  };
}

test.each<[string, RolloutView, string]>([
  ["nothing to do", view("nnn"), "finish"],
  ["a canary stays", view("oon", { partition: 2, lastPartition: 2 }), "finish"],
  ["a canary goes on", view("ooo", { partition: 3, lastPartition: 2 }), "restart db-2 at 2"],
  ["labels alone", view("ooo", { inPlace: "no", partition: 3 }), "template at 3 when settled"],
  ["a new template", view("nnn", { inPlace: "restarts" }), "template at 3 when settled"],
  [
    "a new template where one is broken",
    view("nnN", { inPlace: "restarts" }),
    "template at 3 at once",
  ],
  [
    "a new template where none is ready",
    view("sss", { inPlace: "restarts" }),
    "template at 3 at once",
  ],
  ["made anew", view("nnN", { inPlace: "immutable" }), "replace when settled"],
  ["made anew where nobody serves", view("sN-", { inPlace: "immutable" }), "replace at once"],
  ["the first restart", view("ooo", { partition: 3 }), "restart db-2 at 2, 2 to go"],
  ["one restarts", view("ool", { partition: 2 }), "restart db-1 at 1, 1 to go"],
  ["one is about to restart", view("ooo", { partition: 2 }), "wait"],
  ["the last restart", view("onn", { partition: 1 }), "restart db-0 at 0"],
  ["those that have it already", view("onno", { partition: 4 }), "restart db-3 at 3, 1 to go"],
  ["and are passed by", view("onnn", { partition: 3 }), "restart db-0 at 0"],
  ["somebody else let all restart", view("ooo"), "hold db-2 at 2"],
  ["and of those that should stay", view("oon", { lastPartition: 2 }), "hold db-0 at 2"],
  ["up", view("nnn", { target: 5 }), "3 to 4 at 0 when settled"],
  ["up before the restarts", view("ooo", { target: 5, partition: 3 }), "3 to 4 at 3 when settled"],
  [
    "new ones get the new template",
    view("oo", { target: 3, partition: 5 }),
    "2 to 3 at 2 when settled",
  ],
  [
    "a canary keeps new ones old",
    view("oo", { target: 3, partition: 5, lastPartition: 4 }),
    "2 to 3 at 4 when settled",
  ],
  ["down", view("nnnnn", { target: 3 }), "5 to 4 at 0 when settled"],
  [
    "down after the restarts",
    view("ooooo", { target: 3, partition: 5 }),
    "restart db-4 at 4, 4 to go",
  ],
  ["down to none", view("n", { target: 0 }), "1 to 0 at 0 when settled"],
  ["the one too many is broken", view("nnnN", { target: 3 }), "4 to 3 at 0 at once"],
  ["the one too many is not there", view("nnn-", { target: 3 }), "4 to 3 at 0 at once"],
  ["mended by the new template", view("ooO", { partition: 3 }), "repair db-2 at 2"],
  ["the controller waits for it", view("ooO", { partition: 2 }), "repair db-2 at 2"],
  ["several are broken", view("oOO", { partition: 3 }), "repair db-1 db-2 at 1"],
  ["all are broken", view("OOO", { partition: 3 }), "repair db-0 db-1 db-2 at 0"],
  ["one that is not there", view("oo-", { partition: 3 }), "repair at 2"],
  ["that comes back new by itself", view("oo-", { partition: 2 }), "restart db-1 at 1, 1 to go"],
  ["broken below a healthy one", view("oOo", { partition: 3 }), "restart db-2 at 2, 2 to go"],
  ["broken with the new template", view("ooN", { partition: 2 }), "restart db-1 at 1, 1 to go"],
  ["repairs come before growing", view("ooO", { partition: 3, target: 5 }), "repair db-2 at 2"],
  ["ordinals from 10", view("oo", { start: 10, partition: 12, pods: [] }), "repair at 10"],
])("%s", (_, seen, expected) => {
  expect(words(seen)).toBe(expected);
});

function words(seen: RolloutView): string {
  const change = nextChange(seen);
  const when = needsSettling(change) ? " when settled" : " at once";
  switch (change.kind) {
    case "template":
      return `template at ${change.partition}${when}`;
    case "repair":
      return ["repair", ...[...change.pods].sort(), `at ${change.partition}`].join(" ");
    case "replace":
      return `replace${when}`;
    case "hold":
      return `hold ${change.pod} at ${change.partition}`;
    case "scale":
      return `${seen.replicas} to ${change.replicas} at ${change.partition}${when}`;
    case "restart":
      return `restart ${change.pod} at ${change.partition}${change.left ? `, ${change.left} to go` : ""}`;
    default:
      return change.kind;
  }
}

test("from anywhere a rollout arrives, by one pod at a time", () => {
  const pods = fc.string({ unit: fc.constantFrom(..."nooNOsS-"), maxLength: 6 });
  const number = fc.integer({ min: 0, max: 7 });
  const place = fc.constantFrom("yes", "no", "restarts" as const);
  fc.assert(
    fc.property(pods, number, number, number, place, (text, target, partition, last, inPlace) => {
      let now = view(text, {
        target,
        partition,
        lastPartition: last,
        inPlace: inPlace as RolloutView["inPlace"],
      });
      for (let changes = 0; changes < 60; changes++) {
        const change = nextChange(now);
        const serving = now.pods.filter(({ ready }) => ready).length;
        const settled = now.pods.length === now.replicas && serving === now.pods.length;
        if (change.kind === "finish") break;
        if (change.kind === "wait" || (needsSettling(change) && !settled)) {
          now = healed(now);
          continue;
        }
        const isNew = now.inPlace === "restarts";
        const next = after(now, change);
        expect(Math.abs(next.replicas - now.replicas)).toBeLessThanOrEqual(1);
        const lost = now.pods.filter(
          ({ ordinal, ready }) =>
            ready && !next.pods.some((pod) => pod.ordinal === ordinal && pod.ready),
        );
        expect(lost.length).toBeLessThanOrEqual(isNew ? 0 : 1);
        now = next;
      }
      expect(nextChange(now).kind).toBe("finish");
      expect(now.replicas).toBe(target);
    }),
    { numRuns: 500 },
  );
});

/** What a controller and time make of it: what is missing comes, by the partition; what starts or is broken gets ready. */
function healed(now: RolloutView): RolloutView {
  const pods = Array.from({ length: now.replicas }, (_, ordinal) => {
    const pod = now.pods.find((one) => one.ordinal === ordinal && !one.leaving);
    const updated = pod?.updated ?? ordinal >= now.partition;
    const rest = { ready: true, leaving: false, broken: false };
    return { ordinal, name: `db-${ordinal}`, updated, ...rest };
  });
  const top = pods.findLast(({ ordinal, updated }) => ordinal >= now.partition && !updated);
  return { ...now, pods: pods.map((pod) => (pod === top ? { ...pod, updated: true } : pod)) };
}

/** What a write makes of it at once: the highest outdated pod above the partition goes, so does what is too many. */
function after(now: RolloutView, change: ReturnType<typeof nextChange>): RolloutView {
  if (!("partition" in change)) return now;
  const { partition } = change;
  const replicas = change.kind === "scale" ? change.replicas : now.replicas;
  const isNew = change.kind === "template" && now.inPlace === "restarts";
  const deleted = change.kind === "repair" ? change.pods : [];
  const pods = now.pods
    .filter(({ ordinal, name }) => ordinal < replicas && !deleted.includes(name))
    .map((pod) => (isNew ? { ...pod, updated: false } : pod));
  const top = pods.findLast(({ ordinal, updated }) => ordinal >= partition && !updated);
  const inPlace = change.kind === "template" ? "yes" : now.inPlace;
  const rest = pods.filter((pod) => pod !== top || change.kind === "hold");
  return { ...now, replicas, partition, inPlace, pods: rest };
}

test.each([
  ["replicas", 3, 0, { replicas: 3 }],
  ["the template's own partition", 5, 0, { replicas: 5 }],
  [
    "a partition",
    5,
    4,
    { replicas: 5, updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 4 } } },
  ],
])("on the way: %s", (_, replicas, partition, spec) => {
  const template = { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "db" } };
  const given = { ...template, spec: { replicas: 5 } };
  expect(onTheWay(given, replicas, partition)).toEqual({ ...template, spec });
  expect(onTheWay({ ...template, spec: {} }, replicas, 0)).toEqual({ ...template, spec: {} });
});
