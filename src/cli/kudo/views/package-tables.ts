import { KUDO_API_VERSION } from "../../../model/names.ts";
import type { OperatorPackage } from "../../../model/package.ts";
import type { Phase, Plan } from "../../../model/plan.ts";
import type { Task } from "../../../model/task.ts";
import { drawTree, type TreeNode } from "../../output/plan-tree.ts";
import { columns } from "./columns.ts";

/** What KUDO's tables show of a parameter. */
export interface ParameterRow {
  readonly name: string;
  /** Empty: none. */
  readonly default: string;
  readonly required: boolean;
  readonly immutable: boolean;
  readonly description: string;
}

/** KUDO's `package list parameters`: by name; what is wider than 35 is cut, with descriptions it is wrapped. */
export function parameterTable(rows: readonly ParameterRow[], withDescriptions: boolean): string {
  const heads = ["Name", "Default", "Required", "Immutable"];
  const lines = byName(rows).map((row) => [
    row.name,
    row.default,
    String(row.required),
    String(row.immutable),
    ...(withDescriptions ? [row.description] : []),
  ]);
  return columns([[...heads, ...(withDescriptions ? ["Descriptions"] : [])], ...lines], {
    width: 35,
    wrap: withDescriptions,
  });
}

/** Only the names: one column. */
export function nameTable(rows: readonly ParameterRow[]): string {
  return columns([["Name"], ...byName(rows).map(({ name }) => [name])]);
}

function byName(rows: readonly ParameterRow[]): readonly ParameterRow[] {
  return rows.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** KUDO's `package list parameters -o`: what params.yaml says, in its order, with what KUDO takes where nothing is said. */
export function parameterFile({ groups, parameters }: OperatorPackage): Record<string, unknown> {
  return {
    apiVersion: KUDO_API_VERSION,
    ...(groups.length > 0 && {
      groups: groups.map(({ priority, ...group }) => ({
        ...group,
        ...(priority !== undefined && { prio: priority }),
      })),
    }),
    parameters: parameters.map(({ at: _, type, kudoType = type, ...parameter }) => ({
      ...parameter,
      ...(kudoType !== "" && { type: kudoType }),
    })),
  };
}

/** KUDO's `package list tasks`: in the order of the package. */
export function taskTable({ operator }: OperatorPackage): string {
  const rows = operator.tasks.map((task) => [
    task.name,
    task.kind,
    `[${resourcesOf(task).join(" ")}]`,
  ]);
  return columns([["Name", "Kind", "Resources"], ...rows]);
}

/** KUDO's `package list plans` (compat section 9.3): plans by name. */
export function plansTree({ operator, dialect }: OperatorPackage, withTasks: boolean): string {
  /** A strategy as the package says it; a KUDO package may say none. */
  const wordOf = ({ strategy, kudoStrategy = "" }: Plan | Phase): string =>
    dialect === "kudo" ? kudoStrategy : strategy;
  const phaseNode = (phase: Phase): TreeNode => ({
    text: `[phase]  ${phase.name} (${wordOf(phase)})`,
    children: phase.steps.map((step) => ({
      text: `[step]  ${step.name}`,
      children: withTasks ? step.tasks.map((name) => taskNode(name, operator.tasks)) : [],
    })),
  });
  const plans = operator.plans.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const nodes = plans.map((plan) => ({
    text: `${plan.name} (${wordOf(plan)})`,
    children: plan.phases.map(phaseNode),
  }));
  return `plans\n${drawTree(nodes)}\n`;
}

function taskNode(name: string, tasks: readonly Task[]): TreeNode {
  const task = tasks.find((one) => one.name === name);
  if (task === undefined || task.kind === "KudoOperator")
    return { text: `[unknown]  ${name}`, children: [] };
  const parameter = task.kind === "Toggle" ? [`[parameter]  ${task.parameter}`] : [];
  const leaves = [...parameter, ...resourcesOf(task)];
  return {
    text: `[${task.kind.toLowerCase()}]  ${name}`,
    children: leaves.map((text) => ({ text, children: [] })),
  };
}

function resourcesOf(task: Task): readonly string[] {
  switch (task.kind) {
    case "Apply":
    case "Delete":
    case "Toggle":
      return task.resources;
    case "Pipe":
      return [task.pod];
    default:
      return [];
  }
}
