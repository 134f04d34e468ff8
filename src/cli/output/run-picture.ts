import type { RunEvent } from "../../model/event.ts";
import type { Health } from "../../model/health.ts";
import type { Json } from "../../model/json.ts";
import { refText } from "../../model/kube-object.ts";
import type { MeterSummary } from "../../model/meter.ts";
import type { Plan } from "../../model/plan.ts";
import { pathText, type RunOutcome, type RunPath } from "../../model/run.ts";
import type { ExecutionStatus, PlanStatus } from "../../model/status.ts";
import { gateText } from "./gate-text.ts";
import { checkingText } from "./outcome-text.ts";

/** A run as it can be drawn at any moment: what the events so far add up to. */
export interface RunPicture {
  readonly title: string;
  readonly plans: readonly Plan[];
  /** By `plan`, `plan.phase` and `plan.phase.step`. */
  readonly nodes: ReadonlyMap<string, NodePicture>;
  /** What is going on right now beside the steps: the check before the first write. */
  readonly note: string | undefined;
  readonly warnings: readonly string[];
  readonly outcome: RunOutcome | undefined;
}

/** A plan, phase or step of the picture. */
export interface NodePicture {
  readonly status: ExecutionStatus;
  readonly message: string | undefined;
  /** Milliseconds since 1970. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** One sentence for each object that is not there yet, by object. */
  readonly waiting: ReadonlyMap<string, string>;
  /** Its condition was false. */
  readonly skipped: boolean;
  /** Why tasks were skipped, by task. */
  readonly skippedTasks: ReadonlyMap<string, string>;
  /** What its rollout does now, by object. */
  readonly rollouts: ReadonlyMap<string, string>;
  /** What its gate shows now. */
  readonly gate: string | undefined;
  readonly meter: MeterSummary | undefined;
  /** What was found out, by task. */
  readonly facts: ReadonlyMap<string, Json>;
  /** Runs of other packages' instances that it waits for, by instance. */
  readonly children: ReadonlyMap<string, RunPicture>;
}

/** A node that nothing is known of. */
const BLANK: NodePicture = {
  status: "PENDING",
  message: undefined,
  from: undefined,
  to: undefined,
  waiting: new Map(),
  skipped: false,
  skippedTasks: new Map(),
  rollouts: new Map(),
  gate: undefined,
  meter: undefined,
  facts: new Map(),
  children: new Map(),
};

/** The picture of a run that has not begun. */
export const EMPTY_PICTURE: RunPicture = {
  title: "",
  plans: [],
  nodes: new Map(),
  note: undefined,
  warnings: [],
  outcome: undefined,
};

/** The picture after one more event. */
export function addToPicture(picture: RunPicture, event: RunEvent): RunPicture {
  switch (event.type) {
    case "run-started": {
      const { run, plans, statuses, resumed } = event;
      const title = `${run.instance} in ${run.namespace}: ${plans.map((plan) => plan.name).join(", ")} (run ${run.number}${resumed ? ", continued" : ""})`;
      return { ...picture, title, plans, nodes: nodesOf(statuses) };
    }
    case "attached":
      return { ...picture, note: `following ${event.holder}, which drives the run` };
    case "waiting":
      return { ...picture, note: event.message };
    case "check-started":
      return { ...picture, note: checkingText(event.objects) };
    case "check-finished":
      return { ...picture, note: undefined };
    case "status":
      return withNode(picture, event.path, (node) => ({
        ...node,
        status: event.status,
        message: event.message,
        ...times(node, event.status, Date.parse(event.at)),
        ...(event.status === "COMPLETE" && {
          waiting: new Map(),
          rollouts: new Map(),
          gate: undefined,
          children: new Map(),
        }),
        skipped: event.reason === "Skipped",
      }));
    case "object-health":
      return withNode(picture, stepOf(event.path), (node) => ({
        ...node,
        waiting: changedWaiting(node.waiting, refText(event.ref), event.health),
      }));
    case "task-started":
      return event.act === "delete"
        ? withNode(picture, stepOf(event.path), (node) => ({
            ...node,
            waiting: new Map([
              ...node.waiting,
              ...event.objects.map((ref) => [refText(ref), "being deleted"] as const),
            ]),
          }))
        : picture;
    case "object-written":
      return event.change === "absent"
        ? withNode(picture, stepOf(event.path), (node) => ({
            ...node,
            waiting: without(node.waiting, refText(event.ref)),
          }))
        : picture;
    case "fact":
      return withNode(picture, stepOf(event.path), (node) => ({
        ...node,
        facts: new Map(node.facts).set(event.task, event.value),
      }));
    case "gate":
      return withNode(picture, stepOf(event.path), (node) => ({ ...node, gate: gateText(event) }));
    case "rollout":
      return withNode(picture, stepOf(event.path), (node) => ({
        ...node,
        rollouts: new Map(node.rollouts).set(refText(event.ref), event.message),
      }));
    case "meter":
      return withNode(picture, stepOf(event.path), (node) => ({ ...node, meter: event.total }));
    case "task-finished":
      return withNode(picture, stepOf(event.path), (node) => ({
        ...node,
        waiting: new Map(),
        ...(event.skipped !== undefined && {
          skippedTasks: new Map(node.skippedTasks).set(event.path.task ?? "", event.skipped),
        }),
      }));
    case "retry":
      return withNode(picture, stepOf(event.path), (node) => ({ ...node, message: event.message }));
    case "child":
      return withNode(picture, stepOf(event.path), (node) => ({
        ...node,
        children: new Map(node.children).set(
          event.instance,
          addToPicture(node.children.get(event.instance) ?? EMPTY_PICTURE, {
            ...event.event,
            at: event.at,
          }),
        ),
      }));
    case "warning":
      return { ...picture, warnings: [...picture.warnings, event.message] };
    case "run-finished":
      return { ...picture, note: undefined, outcome: event.outcome };
  }
}

/** The step that a place in a run belongs to. */
export function stepOf(path: RunPath): RunPath {
  const { task: _, ...step } = path;
  return step;
}

function nodesOf(statuses: readonly PlanStatus[]): Map<string, NodePicture> {
  const nodes = new Map<string, NodePicture>();
  const add = (key: string, status: ExecutionStatus, message?: string): void =>
    void nodes.set(key, { ...BLANK, status, message });
  for (const plan of statuses) {
    add(plan.name, plan.status, plan.message);
    for (const phase of plan.phases) {
      add(`${plan.name}.${phase.name}`, phase.status, phase.message);
      for (const step of phase.steps)
        add(`${plan.name}.${phase.name}.${step.name}`, step.status, step.message);
    }
  }
  return nodes;
}

function withNode(
  picture: RunPicture,
  path: RunPath,
  change: (node: NodePicture) => NodePicture,
): RunPicture {
  const key = pathText(path);
  const node = picture.nodes.get(key) ?? BLANK;
  return { ...picture, nodes: new Map(picture.nodes).set(key, change(node)) };
}

function times(
  node: NodePicture,
  status: ExecutionStatus,
  at: number,
): Pick<NodePicture, "from" | "to"> {
  switch (status) {
    case "NEVER_RUN":
    case "PENDING":
      return { from: undefined, to: undefined };
    case "IN_PROGRESS":
    case "ERROR":
      return { from: node.from ?? at, to: undefined };
    case "COMPLETE":
    case "FATAL_ERROR":
      return { from: node.from, to: at };
  }
}

function changedWaiting(
  waiting: ReadonlyMap<string, string>,
  object: string,
  health: Health,
): ReadonlyMap<string, string> {
  if (health.state === "ready") return without(waiting, object);
  return new Map(waiting).set(object, health.message);
}

function without(waiting: ReadonlyMap<string, string>, key: string): ReadonlyMap<string, string> {
  const rest = new Map(waiting);
  rest.delete(key);
  return rest;
}
