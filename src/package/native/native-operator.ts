import type { Operator } from "../../model/package.ts";
import { parseDuration } from "../../model/parse-duration.ts";
import type { Phase, Plan, Step, Strategy } from "../../model/plan.ts";
import type { OnImmutable } from "../../model/rollout.ts";
import {
  type ExpressionEntry,
  expressionOf,
  type RequirementEntry,
  requirementOf,
} from "./native-expression.ts";
import { type GateEntry, gateOf } from "./native-gate.ts";
import { type MeterEntry, meterOf } from "./native-meter.ts";
import { type TaskEntry, taskOf } from "./native-task.ts";

/** `operator.yaml` as its schema describes it. */
export interface OperatorFile {
  readonly apiVersion: string;
  readonly name: string;
  readonly operatorVersion: string;
  readonly appVersion?: string;
  readonly kubernetesVersion?: string;
  readonly kplanVersion?: string;
  readonly description?: string;
  readonly url?: string;
  readonly maintainers?: readonly { readonly name?: string; readonly email?: string }[];
  readonly meter?: MeterEntry;
  readonly tasks: readonly TaskEntry[];
  readonly plans: Readonly<Record<string, PlanEntry>>;
}

interface PlanEntry {
  readonly strategy?: Strategy;
  readonly require?: readonly RequirementEntry[];
  readonly phases: readonly PhaseEntry[];
}

interface PhaseEntry {
  readonly name: string;
  readonly strategy?: Strategy;
  readonly steps: readonly StepEntry[];
}

interface StepEntry {
  readonly name: string;
  readonly strategy?: Strategy;
  readonly tasks: readonly string[];
  readonly timeout?: string;
  readonly noActivity?: string;
  readonly when?: ExpressionEntry;
  readonly require?: readonly RequirementEntry[];
  readonly gate?: GateEntry;
  readonly rollout?: { readonly statefulSet?: string };
  readonly meter?: true | MeterEntry;
  readonly onImmutable?: OnImmutable;
}

/** What `operator.yaml` says, with everything that may be left out filled in: strategies are serial, a Dummy task is done. */
export function nativeOperator(file: OperatorFile): Operator {
  const { description, appVersion, kubernetesVersion, kplanVersion, url, meter } = file;
  return {
    name: file.name,
    operatorVersion: file.operatorVersion,
    ...(description !== undefined && { description }),
    ...(appVersion !== undefined && { appVersion }),
    ...(kubernetesVersion !== undefined && { kubernetesVersion }),
    ...(kplanVersion !== undefined && { kplanVersion }),
    ...(url !== undefined && { url }),
    maintainers: (file.maintainers ?? []).map(({ name, email }) => ({
      ...(name !== undefined && { name }),
      ...(email !== undefined && { email }),
    })),
    ...(meter !== undefined && { meter: meterOf(meter) }),
    tasks: file.tasks.map(taskOf),
    plans: Object.entries(file.plans).map(([name, plan]) => planOf(name, plan)),
  };
}

function planOf(name: string, { strategy = "serial", require, phases }: PlanEntry): Plan {
  return {
    name,
    strategy,
    ...(require && { require: require.map(requirementOf) }),
    phases: phases.map(phaseOf),
  };
}

function phaseOf({ name, strategy = "serial", steps }: PhaseEntry): Phase {
  return { name, strategy, steps: steps.map(stepOf) };
}

function stepOf(entry: StepEntry): Step {
  const { name, strategy = "serial", tasks } = entry;
  const { when, require, gate, rollout, meter, onImmutable } = entry;
  const timeout = parseDuration(entry.timeout ?? "");
  const noActivity = parseDuration(entry.noActivity ?? "");
  return {
    name,
    strategy,
    tasks: [...tasks],
    ...(timeout !== undefined && { timeout }),
    ...(noActivity !== undefined && { noActivity }),
    ...(when !== undefined && { when: expressionOf(when) }),
    ...(require && { require: require.map(requirementOf) }),
    ...(gate && { gate: gateOf(gate) }),
    ...(rollout && {
      rollout: rollout.statefulSet === undefined ? {} : { statefulSet: rollout.statefulSet },
    }),
    ...(meter !== undefined && { meter: meter === true ? "package" : meterOf(meter) }),
    ...(onImmutable !== undefined && { onImmutable }),
  };
}
