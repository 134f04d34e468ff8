import { expect, test } from "vitest";
import type { RunEvent, RunEventBody } from "../../model/event.ts";
import type { Plan } from "../../model/plan.ts";
import { plainLines } from "./plain-lines.ts";
import { addToPicture, EMPTY_PICTURE } from "./run-picture.ts";
import { fittingLines, treeLines } from "./tree-lines.ts";

const plan: Plan = {
  name: "deploy",
  strategy: "serial",
  phases: [
    {
      name: "main",
      strategy: "serial",
      steps: [
        { name: "config", strategy: "serial", tasks: ["config"] },
        { name: "pods", strategy: "serial", tasks: ["pods"] },
      ],
    },
  ],
};
const at = (step: string, task?: string) => ({
  plan: "deploy",
  phase: "main",
  step,
  ...(task && { task }),
});
const sts = { apiVersion: "apps/v1", kind: "StatefulSet", name: "db", namespace: "prod" };

/** Events by the second they happen in. */
const STORY: readonly (readonly [number, RunEventBody])[] = [
  [
    0,
    {
      type: "run-started",
      run: {
        uid: "u",
        number: 1,
        kind: "install",
        instance: "db",
        namespace: "prod",
        operatorVersion: "galera-0.1.0",
      },
      plans: [plan],
      statuses: [
        {
          name: "deploy",
          status: "PENDING",
          phases: [
            {
              name: "main",
              status: "PENDING",
              steps: [
                { name: "config", status: "PENDING" },
                { name: "pods", status: "PENDING" },
              ],
            },
          ],
        },
      ],
      resumed: false,
    },
  ],
  [0, { type: "status", path: { plan: "deploy" }, status: "IN_PROGRESS" }],
  [0, { type: "status", path: { plan: "deploy", phase: "main" }, status: "IN_PROGRESS" }],
  [0, { type: "status", path: at("config"), status: "IN_PROGRESS" }],
  [1, { type: "status", path: at("config"), status: "COMPLETE" }],
  [1, { type: "status", path: at("pods"), status: "IN_PROGRESS" }],
  [1, { type: "object-written", path: at("pods", "pods"), ref: sts, change: "created" }],
  [
    2,
    {
      type: "object-health",
      path: at("pods", "pods"),
      ref: sts,
      health: { state: "progressing", message: "1 of 3 pods ready", marker: "1" },
    },
  ],
];
const events = STORY.map(
  ([second, body]) => ({ at: new Date(second * 1000).toISOString(), ...body }) as RunEvent,
);

test("the tree shows what is done, what goes on and what it waits for", () => {
  const picture = events.reduce(addToPicture, EMPTY_PICTURE);
  const lines = treeLines(picture, {
    terminal: { colors: false, width: () => 60 },
    now: 65_000,
    simulated: true,
  });
  expect(lines).toEqual([
    "db in prod: deploy (run 1) · simulated",
    "▸ deploy                                              1m05s",
    "  ▸ main                                              1m05s",
    "    ✔ config                                             1s",
    "    ▸ pods                                            1m04s",
    "        StatefulSet db: 1 of 3 pods ready",
  ]);
});

test("no line is wider than the terminal", () => {
  const long = events.map((event) =>
    event.type === "object-health"
      ? {
          ...event,
          health: { state: "progressing" as const, message: "x".repeat(500), marker: "" },
        }
      : event,
  );
  const lines = treeLines(long.reduce(addToPicture, EMPTY_PICTURE), {
    terminal: { colors: false, width: () => 50 },
    now: 3000,
    simulated: false,
  });
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(50);
});

test("plain lines tell the same story with times", () => {
  let text = "";
  const view = plainLines(
    {
      out: (part) => {
        text += part;
      },
      err: () => {},
      isTty: false,
      colors: false,
      width: () => 80,
    },
    false,
  );
  for (const event of events) view.event(event);
  expect(text).toBe(
    [
      "   0ms  db: run 1 starts (deploy)",
      "   0ms  deploy IN_PROGRESS",
      "   0ms  deploy.main IN_PROGRESS",
      "   0ms  deploy.main.config IN_PROGRESS",
      "    1s  deploy.main.config COMPLETE",
      "    1s  deploy.main.pods IN_PROGRESS",
      "    1s  deploy.main.pods.pods StatefulSet db created",
      "    2s  deploy.main.pods.pods StatefulSet db: 1 of 3 pods ready",
      "",
    ].join("\n"),
  );
});

/** Three phases of three steps: the first is complete, the second at its second step. */
const LONG: readonly RunEventBody[] = (() => {
  const names = ["one", "two", "three"];
  const steps = names.map((name) => ({ name, strategy: "serial" as const, tasks: [] }));
  const phases = names.map((name) => ({ name, strategy: "serial" as const, steps }));
  const status = (text: string, word: "COMPLETE" | "IN_PROGRESS"): RunEventBody => {
    const [phase, step] = text.split(".");
    const path = { plan: "long", ...(phase && { phase }), ...(step && { step }) };
    return { type: "status", path, status: word };
  };
  return [
    {
      type: "run-started",
      run: {
        uid: "u",
        number: 1,
        kind: "install",
        instance: "db",
        namespace: "prod",
        operatorVersion: "long-1",
      },
      plans: [{ name: "long", strategy: "serial", phases }],
      statuses: [],
      resumed: false,
    },
    ...["", "one", "two", "two.two"].map((text) => status(text, "IN_PROGRESS")),
    ...["one.one", "one.two", "one.three", "one", "two.one"].map((text) =>
      status(text, "COMPLETE"),
    ),
  ];
})();

test.each([
  [14, "long|✔ one|✔ one|✔ two|✔ three|▸ two|✔ one|▸ two|· three|· three|· one|· two|· three"],
  [12, "long|✔ one (3 steps)|▸ two|✔ one|▸ two|· three|· three|· one|· two|· three"],
  [9, "long|✔ one (3 steps)|▸ two|✔ 1 step|▸ two|· three|· 1 phase to come"],
  [7, "long|✔ one (3 steps)|▸ two|✔ 1 step|▸ two|… 2 more lines"],
  [3, "long|… 6 more lines"],
])("%i rows show %s", (rows, tree) => {
  const picture = LONG.map(
    (body) => ({ at: new Date(0).toISOString(), ...body }) as RunEvent,
  ).reduce(addToPicture, EMPTY_PICTURE);
  const options = { terminal: { colors: false, width: () => 60 }, now: 0, simulated: false };
  const lines = fittingLines(picture, options, rows);
  expect(lines.length).toBeLessThanOrEqual(rows);
  const [title, ...rest] = lines.map((line) => line.replace(/ +0ms$/, "").trim());
  expect(title).toBe("db in prod: long (run 1)");
  expect(rest.join("|")).toBe(`▸ ${tree}`);
});
