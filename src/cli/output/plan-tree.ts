import type { PlanStatusView } from "../../actions/instance/plan-status.ts";
import type { PhaseStatus, PlanStatus, StepStatus } from "../../model/status.ts";

/** What the tree shows of an instance: a `PlanStatusView`, or what an OperatorVersion says in words of its own for strategies. */
export interface PlanTreeView
  extends Pick<PlanStatusView, "operatorVersion" | "current" | "interrupted" | "paused"> {
  readonly instance: Pick<PlanStatusView["instance"], "name" | "namespace">;
  readonly plans: readonly PlanTreeEntry[];
}

/** A plan of the tree. */
export interface PlanTreeEntry extends PlanStatus {
  readonly strategy: string;
  /** Strategy of each phase by its name. */
  readonly phaseStrategies: Readonly<Record<string, string>>;
}

/** KUDO's tree of an instance's plans (compat section 9.1), to the byte: plans by name; only the active or last plan shows real statuses. */
export function planTree(view: PlanTreeView): string {
  const { name, namespace } = view.instance;
  if (view.current === undefined)
    return `No plan ever run for instance - nothing to show for instance ${name}\n`;
  const plans = [...view.plans].sort((a, b) => (a.name < b.name ? -1 : 1));
  const note = standing(view);
  const root: TreeNode = {
    text: `${name} (Operator-Version: "${view.operatorVersion}" Active-Plan: "${view.current}")${note}`,
    children: plans.map((plan) => planNode(plan, plan.name === view.current)),
  };
  const tree = drawTree([root]);
  return `Plan(s) for "${name}" in namespace "${namespace}":\n.\n${tree}\n`;
}

/** What is behind an instance whose run nobody drives; a run that was paused was not interrupted by an accident. */
function standing({ interrupted, paused }: PlanTreeView): string {
  if (interrupted === undefined) return "";
  return ` ${paused === undefined ? interrupted : interrupted.replace(/^interrupted/, "paused")}`;
}

/** A line of a tree with what hangs below it. */
export interface TreeNode {
  readonly text: string;
  readonly children: readonly TreeNode[];
}

/** Branches as KUDO draws them: `├── `, `└── `, and below a branch that goes on `│` with two no-break spaces and a space. */
export function drawTree(nodes: readonly TreeNode[], indent = ""): string {
  return nodes
    .map((node, index) => {
      const last = index === nodes.length - 1;
      const below = `${indent}${last ? "    " : "│\u00A0\u00A0 "}`;
      return `${indent}${last ? "└── " : "├── "}${node.text}\n${drawTree(node.children, below)}`;
    })
    .join("");
}

function planNode(plan: PlanTreeEntry, active: boolean): TreeNode {
  const status = active ? plan.status : "NOT ACTIVE";
  const updated =
    active && plan.lastUpdatedTimestamp ? `, last updated ${stamp(plan.lastUpdatedTimestamp)}` : "";
  return {
    text: `Plan ${plan.name} (${plan.strategy} strategy) [${status}]${message(plan.message, active)}${updated}`,
    children: plan.phases.map((phase) =>
      phaseNode(phase, plan.phaseStrategies[phase.name] ?? "", active),
    ),
  };
}

function phaseNode(phase: PhaseStatus, strategy: string, active: boolean): TreeNode {
  const status = active ? phase.status : "NOT ACTIVE";
  return {
    text: `Phase ${phase.name} (${strategy} strategy) [${status}]${message(phase.message, active)}`,
    children: phase.steps.map((step) => stepNode(step, active)),
  };
}

function stepNode(step: StepStatus, active: boolean): TreeNode {
  const status = active ? step.status : "NOT ACTIVE";
  return { text: `Step ${step.name} [${status}]${message(step.message, active)}`, children: [] };
}

function message(text: string | undefined, active: boolean): string {
  return active && text ? ` (${text})` : "";
}

/** `YYYY-MM-DD HH:MM:SS`, without a zone, as the timestamp has it. */
function stamp(timestamp: string): string {
  return timestamp.slice(0, 19).replace("T", " ");
}
