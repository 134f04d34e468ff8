import { load } from "js-yaml";
import type { RunEventBody } from "../../model/event.ts";
import { canonicalJson, type Json } from "../../model/json.ts";
import type { KplanError } from "../../model/kplan-error.ts";
import { refText } from "../../model/kube-object.ts";
import type { MeterSummary } from "../../model/meter.ts";
import type { Dialect, OperatorPackage } from "../../model/package.ts";
import type { Plan, Step, Strategy } from "../../model/plan.ts";
import type { Requirement } from "../../model/requirement.ts";
import {
  DEFAULT_RUN_LIMITS,
  type Intent,
  type InventoryEntry,
  pathText,
  type RunInputs,
  type RunLimits,
} from "../../model/run.ts";
import type { PlanStatus } from "../../model/status.ts";
import type { Task } from "../../model/task.ts";
import type { EngineDeps } from "../engine-deps.ts";
import { pendingStatus } from "../steps/pending.ts";
import { createMemoryCluster, type MemoryCluster, type MemoryOptions } from "./memory-cluster.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

/** A package in one YAML text: `tasks` (name → Task without name), `templates` (key → text), `plans` (as in operator.yaml, in short). */
interface Source {
  readonly tasks?: Readonly<Record<string, object>>;
  readonly templates?: Readonly<Record<string, string>>;
  readonly plans: Readonly<Record<string, ShortPlan>>;
}

interface ShortPlan {
  readonly strategy?: Strategy;
  readonly require?: readonly Requirement[];
  readonly phases: Readonly<Record<string, ShortPhase>>;
}

interface ShortPhase {
  readonly strategy?: Strategy;
  readonly steps: Readonly<Record<string, readonly string[] | ShortStep>>;
}

/** A step as the model has it, without its name. */
interface ShortStep extends Partial<Omit<Step, "name">> {
  readonly tasks: readonly string[];
}

/** Everything a test of the engine looks at. */
export interface Scenario {
  readonly inputs: RunInputs;
  readonly deps: EngineDeps;
  readonly cluster: MemoryCluster;
  readonly clock: VirtualClock;
  readonly events: RunEventBody[];
  readonly intents: Intent[];
  readonly done: string[];
  /** What is on record, by task. */
  readonly found: Map<string, Json>;
  /** What is on record, by step. */
  readonly meters: Map<string, MeterSummary>;
  readonly stop: AbortController;
  readonly lost: AbortController;
}

/** What a test may set. */
export interface ScenarioOptions extends MemoryOptions {
  readonly cluster?: MemoryCluster;
  readonly clock?: VirtualClock;
  readonly limits?: Partial<RunLimits>;
  readonly statuses?: readonly PlanStatus[];
  readonly inventory?: readonly InventoryEntry[];
  readonly uid?: string;
  readonly check?: () => void;
  readonly plans?: readonly string[];
  readonly parameters?: RunInputs["parameters"];
  readonly facts?: RunInputs["facts"];
  readonly allowed?: readonly string[];
  /** `native` when absent. */
  readonly dialect?: Dialect;
  /** Parameters that the package declares, as texts; none when absent. */
  readonly declared?: readonly string[];
}

/** A run of a package on a memory cluster. */
export function scenario(text: string, options: ScenarioOptions = {}): Scenario {
  const clock = options.clock ?? createVirtualClock();
  const cluster = options.cluster ?? createMemoryCluster(clock, options);
  const pkg = packageOf(load(text) as Source, options);
  const names = options.plans ?? pkg.operator.plans.map(({ name }) => name);
  const plans = names.flatMap((name) => pkg.operator.plans.filter((plan) => plan.name === name));
  const uid = options.uid ?? "run-1";
  const at = clock.now().toISOString();
  const events: RunEventBody[] = [];
  const intents: Intent[] = [];
  const done: string[] = [];
  const found = new Map<string, Json>();
  const meters = new Map<string, MeterSummary>();
  const stop = new AbortController();
  const lost = new AbortController();
  const inputs: RunInputs = {
    uid,
    pkg,
    instance: { name: "galera", namespace: "db", uid: "instance-uid" },
    parameters: options.parameters ?? {},
    facts: options.facts ?? {},
    ...(options.allowed !== undefined && { allowed: options.allowed }),
    capabilities: { KubeVersion: { Major: 1, Minor: 30 }, APIVersions: ["v1"] },
    constants: { seed: uid, startedAt: at },
    plans,
    statuses: options.statuses ?? plans.map((plan) => pendingStatus(plan, uid, at)),
    inventory: options.inventory ?? [],
    hashSalt: "salt",
  };
  const deps: EngineDeps = {
    cluster,
    clock,
    emit: (event) => events.push(event),
    fence: { check: options.check ?? (() => undefined), lost: lost.signal },
    recorder: {
      intent: async (intent) => {
        cluster.log.length;
        intents.push(intent);
        await Promise.resolve();
      },
      removed: (refs) => done.push(...refs.map((ref) => `removed ${refText(ref)}`)),
      done: ({ path }) => done.push(pathText(path)),
      fact: async (task, value) => {
        found.set(task, value);
        await Promise.resolve();
      },
      meter: (step, summary) => meters.set(step, summary),
    },
    limits: { ...DEFAULT_RUN_LIMITS, ...options.limits },
    stop: stop.signal,
    forceConflicts: false,
  };
  return { inputs, deps, cluster, clock, events, intents, done, found, meters, stop, lost };
}

/** An event in one line, as tests compare them; undefined for what they do not look at. */
function eventLine(event: RunEventBody): string | undefined {
  switch (event.type) {
    case "status":
      return `${pathText(event.path)} ${event.status}${event.message ? `: ${event.message}` : ""}`;
    case "object-written":
      return `${event.change} ${refText(event.ref)}`;
    case "object-health":
      return `${refText(event.ref)} ${event.health.state}`;
    case "task-started":
      return `${event.path.task} begins`;
    case "task-finished":
      return event.skipped === undefined
        ? `${event.path.task} ends`
        : `${event.path.task} skipped: ${event.skipped}`;
    case "fact":
      return `${event.task} found ${canonicalJson(event.value)}`;
    case "retry":
      return `again: ${event.message}`;
    default:
      return undefined;
  }
}

/** The lines of all events. */
export function eventLines(events: readonly RunEventBody[]): string[] {
  return events.flatMap((event) => eventLine(event) ?? []);
}

/** A ConfigMap as a template. */
export function configMap(name: string, value = "x"): string {
  return `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}, data: {key: "${value}"}}`;
}

/** `code: message` and the messages of the issues. */
export function errorText(error: KplanError): string {
  return [error.message, ...error.issues.map(({ message }) => message)].join("\n");
}

function packageOf(
  source: Source,
  { dialect = "native", declared = [] }: ScenarioOptions,
): OperatorPackage {
  const tasks = Object.entries(source.tasks ?? {}).map(
    ([name, task]) =>
      ({
        name,
        wantErr: false,
        fatal: false,
        done: true,
        resources: [],
        ...task,
      }) as unknown as Task,
  );
  return {
    dialect,
    source: "test",
    digest: "0",
    files: new Map(),
    operator: {
      name: "galera",
      operatorVersion: "1.0.0",
      maintainers: [],
      tasks,
      plans: Object.entries(source.plans).map(([name, plan]) => planOf(name, plan)),
    },
    groups: [],
    parameters: declared.map((name) => ({
      ...{ name, type: "string", kudoType: "", required: false, immutable: false },
      at: { file: "params.yaml", line: 1, col: 1 },
    })),
    templates: new Map(Object.entries(source.templates ?? {})),
    placeOf: (file) => ({ file, line: 1, col: 1 }),
  };
}

function planOf(name: string, plan: ShortPlan): Plan {
  return {
    name,
    strategy: plan.strategy ?? "serial",
    ...(plan.require !== undefined && { require: plan.require }),
    phases: Object.entries(plan.phases).map(([phase, { strategy, steps }]) => ({
      name: phase,
      strategy: strategy ?? "serial",
      steps: Object.entries(steps).map(([step, short]) => {
        const given = "tasks" in short ? short : { tasks: short };
        return { strategy: "serial" as const, ...given, name: step };
      }),
    })),
  };
}
