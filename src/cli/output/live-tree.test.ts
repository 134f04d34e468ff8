import { expect, test } from "vitest";
import type { RunEvent, RunEventBody } from "../../model/event.ts";
import type { Terminal } from "../terminal.ts";
import { liveTree } from "./live-tree.ts";

// A screen that understands as much of a terminal's language as is used: what a person has before the eyes, and what has scrolled away.

test("draws in place, keeps other texts above, and leaves the whole tree", () => {
  const { terminal, shown } = screen(60, 9);
  const view = liveTree(terminal, true, () => 0);
  for (const event of EVENTS.slice(0, 20)) view.event(event);
  expect(shown()).toHaveLength(7);
  expect(shown()[0]).toBe("db in prod: deploy (run 1) · simulated");
  terminal.err("stopping\n");
  expect(shown().slice(0, 2)).toEqual(["stopping", "db in prod: deploy (run 1) · simulated"]);
  for (const event of EVENTS.slice(20)) view.event(event);
  view.close();
  expect(shown()).toEqual([
    "stopping",
    "db in prod: deploy (run 1) · simulated",
    "▸ deploy                                                0ms",
    "  · main",
    ...STEPS.map((step) => `    ✔ ${step.padEnd(49)} 0ms`),
  ]);
});

test("draws over what a narrower screen has wrapped", () => {
  const { terminal, shown, resize } = screen(60, 20);
  const view = liveTree(terminal, false, () => 0);
  for (const event of EVENTS.slice(0, 4)) view.event(event);
  resize(30);
  for (const event of EVENTS.slice(4)) view.event(event);
  view.close();
  expect(shown().filter((line) => line.startsWith("db in prod"))).toHaveLength(1);
  expect(Math.max(...shown().map((line) => line.length))).toBeLessThan(30);
});

const STEPS = Array.from({ length: 12 }, (_, n) => `step${n}`);

const EVENTS: readonly RunEvent[] = [
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
    plans: [
      {
        name: "deploy",
        strategy: "serial",
        phases: [
          {
            name: "main",
            strategy: "serial",
            steps: STEPS.map((name) => ({ name, strategy: "serial", tasks: [] })),
          },
        ],
      },
    ],
    statuses: [],
    resumed: false,
  },
  { type: "status", path: { plan: "deploy" }, status: "IN_PROGRESS" },
  ...STEPS.flatMap((step): RunEventBody[] => {
    const path = { plan: "deploy", phase: "main", step };
    return [
      { type: "status", path, status: "IN_PROGRESS" },
      { type: "status", path, status: "COMPLETE" },
    ];
  }),
].map((body) => ({ at: new Date(0).toISOString(), ...(body as RunEventBody) }) as RunEvent);

/** Rows wrap at the width of now, as a terminal that reflows does; those above the screen can be seen, not written to. */
function screen(
  columns: number,
  rows: number,
): { terminal: Terminal; shown: () => readonly string[]; resize: (columns: number) => void } {
  let width = columns;
  let lines: string[] = [""];
  let around = (write: () => void): void => write();
  const write = (text: string): void => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    for (const [part] of text.matchAll(/\u001B\[(\d*)[AJ]|\r|\n|[^\u001B\r\n]+/gu)) {
      if (part === "\n") lines.push("");
      else if (part === "\r" || part === "\u001B[J") continue;
      else if (part.startsWith("\u001B")) {
        const up = Number(part.slice(2, -1));
        expect(up).toBeLessThan(rows);
        // Whatever is drawn over is erased as a whole here; a row that is left over shows.
        lines = [...reflowed(lines, width).slice(0, -1 - up), ""];
      } else lines[lines.length - 1] += part;
    }
  };
  return {
    terminal: {
      out: write,
      err: (text) => around(() => write(text)),
      isTty: true,
      colors: false,
      width: () => width,
      height: () => rows,
      drawing(next) {
        around = next;
        return () => {
          around = (act) => act();
        };
      },
    },
    shown: () => lines.slice(0, -1),
    resize(next) {
      width = next;
    },
  };
}

function reflowed(lines: readonly string[], width: number): string[] {
  return lines.flatMap((line) => line.match(new RegExp(`.{1,${width}}`, "g")) ?? [""]);
}
