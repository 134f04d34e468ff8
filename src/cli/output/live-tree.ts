import type { Phase, Plan } from "../../model/plan.ts";
import type { ExecutionStatus } from "../../model/status.ts";
import { paint, type Terminal, type Tone } from "../terminal.ts";
import { duration } from "./duration.ts";
import type { EventView } from "./event-view.ts";
import { outcomeText } from "./outcome-text.ts";
import { addToPicture, EMPTY_PICTURE, type NodePicture, type RunPicture } from "./run-picture.ts";

/** Milliseconds between two redraws, at least. */
const FRAME = 100;

/** A tree that is drawn again in place while the run goes on, and left standing when it ends. For terminals only. */
export function liveTree(terminal: Terminal, simulated: boolean, now: () => number): EventView {
  let picture = EMPTY_PICTURE;
  let drawn = 0;
  let lastFrame = 0;
  const draw = (): void => {
    const lines = treeLines(picture, { terminal, now: now(), simulated });
    const up = drawn > 0 ? `\u001B[${drawn}A` : "";
    terminal.out(`${up}\u001B[J${lines.map((line) => `${line}\n`).join("")}`);
    drawn = lines.length;
    lastFrame = now();
  };
  const ticker = setInterval(draw, 1000);
  ticker.unref();
  return {
    event(event) {
      picture = addToPicture(picture, event);
      const ends = event.type === "run-finished" || event.type === "status";
      if (ends || now() - lastFrame >= FRAME) draw();
    },
    close() {
      clearInterval(ticker);
      draw();
    },
  };
}

/** The tree as lines, none wider than the terminal. */
export function treeLines(
  picture: RunPicture,
  options: {
    readonly terminal: Pick<Terminal, "colors" | "width">;
    readonly now: number;
    readonly simulated: boolean;
  },
): string[] {
  const { terminal, now, simulated } = options;
  const width = Math.max(40, terminal.width());
  const lines: string[] = [];
  const add = (indent: number, text: string, tone?: Tone, end = ""): void => {
    const room = width - indent - end.length - 1;
    const cut = text.length > room ? `${text.slice(0, Math.max(0, room - 1))}…` : text;
    const gap = end ? " ".repeat(Math.max(1, width - indent - cut.length - end.length - 1)) : "";
    const shown = tone ? paint(terminal, tone, cut) : cut;
    lines.push(`${" ".repeat(indent)}${shown}${gap}${end ? paint(terminal, "dim", end) : ""}`);
  };
  if (picture.title) add(0, picture.title + (simulated ? " · simulated" : ""), "bold");
  for (const warning of picture.warnings) add(0, `warning: ${warning}`, "warn");
  if (picture.note) add(0, picture.note, "dim");
  for (const plan of picture.plans) addPlan(plan, picture, now, add);
  if (picture.outcome) {
    const tone = picture.outcome.result === "complete" ? "good" : "bad";
    for (const line of outcomeText(picture.outcome, simulated).split("\n"))
      for (const part of wrap(line, width - 1)) lines.push(paint(terminal, tone, part));
  }
  return lines;
}

type Add = (indent: number, text: string, tone?: Tone, end?: string) => void;

function addPlan(plan: Plan, picture: RunPicture, now: number, add: Add): void {
  const node = picture.nodes.get(plan.name);
  add(0, `${mark(node)} ${plan.name}`, tone(node), elapsed(node, now));
  for (const phase of plan.phases) addPhase(plan, phase, picture, now, add);
}

function addPhase(plan: Plan, phase: Phase, picture: RunPicture, now: number, add: Add): void {
  const node = picture.nodes.get(`${plan.name}.${phase.name}`);
  add(2, `${mark(node)} ${phase.name}`, tone(node), elapsed(node, now));
  for (const step of phase.steps) {
    const stepNode = picture.nodes.get(`${plan.name}.${phase.name}.${step.name}`);
    add(4, `${mark(stepNode)} ${step.name}`, tone(stepNode), elapsed(stepNode, now));
    if (stepNode?.message) add(8, stepNode.message, "warn");
    for (const [object, sentence] of stepNode?.waiting ?? []) add(8, `${object}: ${sentence}`);
  }
}

const MARKS: Record<ExecutionStatus, readonly [string, Tone]> = {
  NEVER_RUN: ["·", "dim"],
  PENDING: ["·", "dim"],
  IN_PROGRESS: ["▸", "busy"],
  COMPLETE: ["✔", "good"],
  ERROR: ["!", "warn"],
  FATAL_ERROR: ["✘", "bad"],
};

function mark(node: NodePicture | undefined): string {
  return MARKS[node?.status ?? "PENDING"][0];
}

function tone(node: NodePicture | undefined): Tone {
  return MARKS[node?.status ?? "PENDING"][1];
}

function elapsed(node: NodePicture | undefined, now: number): string {
  return node?.from === undefined ? "" : duration((node.to ?? now) - node.from);
}

function wrap(text: string, width: number): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += width) parts.push(text.slice(at, at + width));
  return parts.length > 0 ? parts : [""];
}
