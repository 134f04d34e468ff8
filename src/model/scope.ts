import type { Json } from "./json.ts";
import type { ParameterValues } from "./parameter.ts";

/** What a cluster can do, as templates see it. */
export interface Capabilities {
  readonly KubeVersion: { readonly Major: number; readonly Minor: number };
  /** Group versions the cluster serves, e.g. `policy/v1`. */
  readonly APIVersions: readonly string[];
}

/** The names a template can use. Nothing else can be reached from a template. */
export interface TemplateScope {
  /** Of the instance. */
  readonly Name: string;
  readonly Namespace: string;
  readonly OperatorName: string;
  readonly OperatorVersion: string;
  readonly AppVersion: string;
  readonly PlanName: string;
  readonly PhaseName: string;
  readonly StepName: string;
  readonly TaskName: string;
  readonly Params: ParameterValues;
  readonly Pipes: Readonly<Record<string, string>>;
  /** What `Exec` tasks found out, by task name. */
  readonly Facts: Readonly<Record<string, Json>>;
  readonly Capabilities: Capabilities;
  /** Only in the command and standard input of an `Exec` task with `record`. */
  readonly Record?: RecordScope;
}

/** What a command knows of the record of its one-time act. */
export interface RecordScope {
  /** `begun`: it was begun before, here or elsewhere, and nobody knows how far it got. */
  readonly state: "new" | "begun";
  /** A UUID that stays the same from the beginning of the act to its end, however often it is tried. */
  readonly token: string;
}

/** What is fixed once per run, so that a resumed run renders the same bytes. */
export interface RunConstants {
  /** Seed of every random function: any text; the run's uid is used. */
  readonly seed: string;
  /** What `now` answers, RFC 3339. */
  readonly startedAt: string;
}
