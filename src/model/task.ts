import type { Expression } from "./expression.ts";

/** What a task does. One kind, one file in `engine/tasks/`. */
export type Task = NativeTask | KudoTask;

/** What both dialects know, and `Exec`. */
export type NativeTask = ApplyTask | DeleteTask | ExecTask | DummyTask;

/** What only KUDO packages say. */
export type KudoTask = ToggleTask | PipeTask | KudoOperatorTask;

/** Renders its templates, applies the objects and waits until they are healthy. */
export interface ApplyTask {
  readonly kind: "Apply";
  readonly name: string;
  /** False: the task is skipped. */
  readonly when?: Expression;
  /** Template keys, in the order they are applied. */
  readonly resources: readonly string[];
}

/** Renders its templates, deletes the objects that they name and waits until they are gone. */
export interface DeleteTask {
  readonly kind: "Delete";
  readonly name: string;
  /** False: the task is skipped. */
  readonly when?: Expression;
  readonly resources: readonly string[];
}

/** Does nothing; for trying out plans. */
export interface DummyTask {
  readonly kind: "Dummy";
  readonly name: string;
  /** False: the task is skipped. */
  readonly when?: Expression;
  /** Fails the step, again and again unless `fatal`. */
  readonly wantErr: boolean;
  /** Makes the failure final. */
  readonly fatal: boolean;
  /** Whether the task ends; a task with `done: false` never does. */
  readonly done: boolean;
}

/**
 * Runs a command in a pod, or in every pod one after the other, and keeps what it prints as `Facts.<task>`: without `forEach` the value of the last line (`{}` when there is none), with it a list of
 * `{pod, ordinal, ...value}`, one entry a line. Every line of standard output must be a JSON object. Exit code 75 (EX_TEMPFAIL of sysexits.h): tried again until the step's
 * time is over; any other than 0 fails the step with the last lines of standard error.
 */
export interface ExecTask {
  readonly kind: "Exec";
  readonly name: string;
  /** False: the task is skipped. */
  readonly when?: Expression;
  /** Label selector, a template. */
  readonly pods?: string;
  /** Name of a pod, a template; either this or `pods`. With `pods` and without `forEach`, the first ready pod in the order of ordinals. */
  readonly pod?: string;
  /** The pod's first container when absent. */
  readonly container?: string;
  /** Runs in every pod, in the order of ordinals; no pod at all gives an empty list. `pod` waits for those whose container does not run, `running-pod` leaves them out. */
  readonly forEach?: "pod" | "running-pod";
  /** Every word a template; in a task with `record`, templates also see `Record.state` (`new` or `begun`) and `Record.token`. */
  readonly command: readonly string[];
  /** A template, given to the command as standard input. */
  readonly stdin?: string;
  /**
   * Values of Secrets, read anew for each command and given as its standard input instead of `stdin`: one line each, the value in base64, in this order. They are never
   * shown or kept. In a simulated pod nothing is read.
   */
  readonly stdinFrom?: readonly SecretKey[];
  /** Milliseconds for one command, which is tried again then; the rest of the step's time when absent. */
  readonly timeout?: number;
  readonly record?: ExecRecord;
}

/** A value that is kept in a Secret of the instance's namespace, by the Secret's name and the key in its data; both are templates. */
export type SecretKey = { readonly secret: string; readonly key: string };

/**
 * A one-time act: before the command a ConfigMap is created (never applied over) that says `begun` with a token, after it the fact is kept there by compare-and-swap. An act
 * that is done is never done again: the task gives the fact that was kept. Done facts of earlier runs are in `Facts` from the start of a run.
 */
export interface ExecRecord {
  /** Name of the ConfigMap, a template. */
  readonly name: string;
  /** `instance`: goes with uninstall. `claims`: stays as long as claims of the instance do. */
  readonly lifetime: "instance" | "claims";
  /** `ever`: once. `run`: once in each run. */
  readonly once: "ever" | "run";
}

/** Applies its templates when a parameter is `true`, and deletes their objects when it is `false`. */
export interface ToggleTask {
  readonly kind: "Toggle";
  readonly name: string;
  /** No KUDO task has one. */
  readonly when?: never;
  readonly resources: readonly string[];
  /** Name of the parameter. */
  readonly parameter: string;
}

/** Runs a pod to its end and keeps files of it as Secrets or ConfigMaps, which templates name by `Pipes.<key>`. */
export interface PipeTask {
  readonly kind: "Pipe";
  readonly name: string;
  readonly when?: never;
  /** Key of the pod's template. */
  readonly pod: string;
  readonly pipe: readonly PipeFile[];
}

/** A file that a Pipe keeps, as the package says it; nothing of it is checked when the package is read. */
export interface PipeFile {
  /** Path of a file of the pod that is kept whole. */
  readonly file?: string;
  /** Path of a file of the pod with a `name=value` in each line. */
  readonly envFile?: string;
  /** `Secret` or `ConfigMap`. */
  readonly kind: string;
  /** What templates call it. */
  readonly key: string;
}

/** Installs an instance of another package and waits for it. */
export interface KudoOperatorTask {
  readonly kind: "KudoOperator";
  readonly name: string;
  readonly when?: never;
  /** Name, path or address of the package; empty when none is said. */
  readonly package: string;
  readonly instanceName?: string;
  readonly appVersion?: string;
  readonly operatorVersion?: string;
  /** Key of the template that gives the parameters of the other instance. */
  readonly parameterFile?: string;
}
