import type { Phase, Plan, Step } from "../../model/plan.ts";
import type { ExecutionStatus } from "../../model/status.ts";
import { paint, type Terminal, type Tone } from "../terminal.ts";
import { duration } from "./duration.ts";
import { factLines } from "./fact-lines.ts";
import { meterText } from "./meter-text.ts";
import { outcomeText } from "./outcome-text.ts";
import { printable } from "./printable.ts";
import type { NodePicture, RunPicture } from "./run-picture.ts";

/** Columns that a line with a duration takes at most, unless its text is longer. */
const WIDEST = 100;

/** How a tree is to look. */
export interface TreeOptions {
  readonly terminal: Pick<Terminal, "colors" | "width">;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly simulated: boolean;
}

/** What may be folded into one line, in the order in which it is when there is no room. */
const FOLDS = ["complete phases", "complete steps", "phases to come", "steps to come"] as const;
type Fold = (typeof FOLDS)[number];

/** The tree in at most `rows` lines: folded as far as it must be, and cut when that is not enough. */
export function fittingLines(picture: RunPicture, options: TreeOptions, rows: number): string[] {
  let lines: string[] = [];
  for (let folds = 0; folds <= FOLDS.length; folds++) {
    lines = treeLines(picture, options, FOLDS.slice(0, folds));
    if (lines.length <= rows) return lines;
  }
  const room = Math.max(1, rows - 1);
  return [...lines.slice(0, room), `… ${lines.length - room} more lines`];
}

/** The tree as lines, none wider than the terminal. */
export function treeLines(
  picture: RunPicture,
  options: TreeOptions,
  folds: readonly Fold[] = [],
): string[] {
  const { terminal, now, simulated } = options;
  const width = Math.max(20, terminal.width());
  const lines: string[] = [];
  const add = (indent: number, text: string, tone?: Tone, end = ""): void => {
    const room = width - indent - end.length - 1 - (end ? 1 : 0);
    const cut = text.length > room ? `${text.slice(0, Math.max(0, room - 1))}…` : text;
    // On a wide terminal a duration stays near what it belongs to.
    const column = Math.min(width, WIDEST) - indent - cut.length - end.length - 1;
    const gap = end ? " ".repeat(Math.max(1, column)) : "";
    const shown = tone ? paint(terminal, tone, cut) : cut;
    lines.push(`${" ".repeat(indent)}${shown}${gap}${end ? paint(terminal, "dim", end) : ""}`);
  };
  const addWrapped = (indent: number, text: string, tone?: Tone): void => {
    for (const part of wrap(text, width - indent - 1)) add(indent, part, tone);
  };
  if (picture.title) add(0, picture.title + (simulated ? " · simulated" : ""), "bold");
  for (const warning of picture.warnings) addWrapped(0, `warning: ${warning}`, "warn");
  if (picture.note) add(0, picture.note, "dim");
  const canvas: Canvas = { picture, now, folds, add, addWrapped };
  for (const plan of picture.plans) addPlan(plan, canvas);
  if (picture.outcome) {
    const tone = picture.outcome.result === "complete" ? "good" : "bad";
    for (const line of outcomeText(picture.outcome, simulated).split("\n"))
      addWrapped(0, line, tone);
  }
  return lines;
}

interface Canvas {
  readonly picture: RunPicture;
  readonly now: number;
  readonly folds: readonly Fold[];
  readonly add: (indent: number, text: string, tone?: Tone, end?: string) => void;
  readonly addWrapped: (indent: number, text: string, tone?: Tone) => void;
}

function addPlan(plan: Plan, canvas: Canvas): void {
  addNode(0, plan.name, plan.name, canvas);
  const { meter } = canvas.picture.nodes.get(plan.name) ?? {};
  if (meter) canvas.addWrapped(4, meterText(meter), meter.over === undefined ? undefined : "warn");
  const key = (phase: Phase): string => `${plan.name}.${phase.name}`;
  const fold = folder<Phase>("phases to come", canvas, key);
  for (const phase of plan.phases) if (!fold.takes(phase)) addPhase(key(phase), phase, canvas);
  fold.add(2, "phase");
}

function addPhase(key: string, phase: Phase, canvas: Canvas): void {
  const status = canvas.picture.nodes.get(key)?.status ?? "PENDING";
  const { length } = phase.steps;
  if (status === "COMPLETE" && canvas.folds.includes("complete phases")) {
    addNode(2, `${phase.name} (${count(length, "step")})`, key, canvas);
    return;
  }
  addNode(2, phase.name, key, canvas);
  const keyOf = (step: Step): string => `${key}.${step.name}`;
  const done = folder<Step>("complete steps", canvas, keyOf);
  const open = folder<Step>("steps to come", canvas, keyOf);
  const rest = phase.steps.filter((step) => !done.takes(step) && !open.takes(step));
  done.add(4, "step");
  for (const step of rest) addStep(keyOf(step), step, canvas);
  open.add(4, "step");
}

function addStep(key: string, step: Step, canvas: Canvas): void {
  const node = canvas.picture.nodes.get(key);
  addNode(4, step.name, key, canvas);
  if (node === undefined) return;
  if (node.message) canvas.addWrapped(8, node.message, node.skipped ? "dim" : "warn");
  for (const [task, why] of node.skippedTasks)
    canvas.addWrapped(8, `task ${task} skipped: ${printable(why)}`, "dim");
  for (const [object, sentence] of node.rollouts)
    canvas.addWrapped(8, `${object}: ${printable(sentence)}`, "busy");
  for (const [object, sentence] of node.waiting) canvas.addWrapped(8, `${object}: ${sentence}`);
  if (node.gate) canvas.addWrapped(8, node.gate);
  const { meter } = node;
  if (meter) canvas.addWrapped(8, meterText(meter), meter.over === undefined ? undefined : "warn");
  for (const [task, value] of node.facts)
    for (const line of factLines(task, value)) canvas.add(8, line);
  for (const child of node.children.values()) addChild(child, canvas);
}

/** The run of another package's instance, below the step that waits for it. */
function addChild(picture: RunPicture, { now, folds, add, addWrapped }: Canvas): void {
  const below = 8;
  const canvas: Canvas = {
    ...{ picture, now, folds },
    add: (indent, ...rest) => add(indent + below, ...rest),
    addWrapped: (indent, ...rest) => addWrapped(indent + below, ...rest),
  };
  canvas.add(0, picture.title === "" ? (picture.note ?? "") : picture.title, "bold");
  for (const plan of picture.plans) addPlan(plan, canvas);
}

function addNode(indent: number, text: string, key: string, { add, picture, now }: Canvas): void {
  const node = picture.nodes.get(key);
  const [mark, tone] = node?.skipped ? SKIPPED : MARKS[node?.status ?? "PENDING"];
  add(indent, `${mark} ${text}`, tone, elapsed(node, now));
}

/** Counts what is folded instead of shown, and shows the count. */
function folder<T>(
  fold: Fold,
  { folds, picture, add }: Canvas,
  keyOf: (item: T) => string,
): {
  readonly takes: (item: T) => boolean;
  readonly add: (indent: number, what: string) => void;
} {
  const isDone = fold.startsWith("complete");
  let folded = 0;
  return {
    takes(item) {
      const status = picture.nodes.get(keyOf(item))?.status ?? "PENDING";
      const fits = isDone ? status === "COMPLETE" : status === "PENDING" || status === "NEVER_RUN";
      if (!fits || !folds.includes(fold)) return false;
      folded++;
      return true;
    },
    add(indent, what) {
      if (folded === 0) return;
      const [mark, tone] = MARKS[isDone ? "COMPLETE" : "PENDING"];
      add(indent, `${mark} ${count(folded, what)}${isDone ? "" : " to come"}`, tone);
    },
  };
}

const MARKS: Record<ExecutionStatus, readonly [string, Tone]> = {
  NEVER_RUN: ["·", "dim"],
  PENDING: ["·", "dim"],
  IN_PROGRESS: ["▸", "busy"],
  COMPLETE: ["✔", "good"],
  ERROR: ["!", "warn"],
  FATAL_ERROR: ["✘", "bad"],
};

const SKIPPED: readonly [string, Tone] = ["–", "dim"];

function elapsed(node: NodePicture | undefined, now: number): string {
  return node?.from === undefined ? "" : duration((node.to ?? now) - node.from);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

/** Lines of at most `width` characters, broken at spaces where there are any. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const at = space > width / 3 ? space : width;
    lines.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).replace(/^ (?! )/, "");
  }
  return [...lines, rest];
}
