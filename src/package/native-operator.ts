import { assertNever } from "../model/assert-never.ts";
import type { Operator } from "../model/package.ts";
import { parseDuration } from "../model/parse-duration.ts";
import type { Phase, Plan, Step, Strategy } from "../model/plan.ts";
import type { Task } from "../model/task.ts";

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
  readonly tasks: readonly TaskEntry[];
  readonly plans: Readonly<Record<string, PlanEntry>>;
}

type TaskEntry =
  | {
      readonly kind: "Apply" | "Delete";
      readonly name: string;
      readonly spec: { readonly resources: readonly string[] };
    }
  | {
      readonly kind: "Dummy";
      readonly name: string;
      readonly spec?: {
        readonly wantErr?: boolean;
        readonly fatal?: boolean;
        readonly done?: boolean;
      };
    };

interface PlanEntry {
  readonly strategy?: Strategy;
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
}

/** What `operator.yaml` says, with everything that may be left out filled in: strategies are serial, a Dummy task is done. */
export function nativeOperator(file: OperatorFile): Operator {
  const { description, appVersion, kubernetesVersion, kplanVersion, url } = file;
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
    tasks: file.tasks.map(taskOf),
    plans: Object.entries(file.plans).map(([name, plan]) => planOf(name, plan)),
  };
}

function taskOf(entry: TaskEntry): Task {
  const { name } = entry;
  switch (entry.kind) {
    case "Apply":
    case "Delete":
      return { kind: entry.kind, name, resources: [...entry.spec.resources] };
    case "Dummy": {
      const { wantErr = false, fatal = false, done = true } = entry.spec ?? {};
      return { kind: "Dummy", name, wantErr, fatal, done };
    }
    default:
      return assertNever(entry);
  }
}

function planOf(name: string, { strategy = "serial", phases }: PlanEntry): Plan {
  return { name, strategy, phases: phases.map(phaseOf) };
}

function phaseOf({ name, strategy = "serial", steps }: PhaseEntry): Phase {
  return { name, strategy, steps: steps.map(stepOf) };
}

function stepOf(entry: StepEntry): Step {
  const { name, strategy = "serial", tasks } = entry;
  const timeout = parseDuration(entry.timeout ?? "");
  const noActivity = parseDuration(entry.noActivity ?? "");
  return {
    name,
    strategy,
    tasks: [...tasks],
    ...(timeout !== undefined && { timeout }),
    ...(noActivity !== undefined && { noActivity }),
  };
}
