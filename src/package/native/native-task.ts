import { assertNever } from "../../model/assert-never.ts";
import { parseDuration } from "../../model/parse-duration.ts";
import type { ExecTask, NativeTask } from "../../model/task.ts";
import { type ExpressionEntry, expressionOf } from "./native-expression.ts";

/** A task as `operator.yaml` says it. */
export type TaskEntry = { readonly name: string; readonly when?: ExpressionEntry } & (
  | {
      readonly kind: "Apply" | "Delete";
      readonly spec: { readonly resources: readonly string[] };
    }
  | { readonly kind: "Exec"; readonly spec: ExecSpec }
  | {
      readonly kind: "Dummy";
      readonly spec?: {
        readonly wantErr?: boolean;
        readonly fatal?: boolean;
        readonly done?: boolean;
      };
    }
);

interface ExecSpec {
  readonly pods?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly forEach?: "pod" | "running-pod";
  readonly command: readonly string[];
  readonly stdin?: string;
  readonly stdinFrom?: readonly { readonly secret: string; readonly key: string }[];
  readonly timeout?: string;
  readonly record?: {
    readonly name: string;
    readonly lifetime?: "instance" | "claims";
    readonly once?: "ever" | "run";
  };
}

/** A task; a Dummy is done unless it says otherwise, a record goes with the instance and is made once. */
export function taskOf(entry: TaskEntry): NativeTask {
  const { name } = entry;
  const when = entry.when === undefined ? {} : { when: expressionOf(entry.when) };
  switch (entry.kind) {
    case "Apply":
    case "Delete":
      return { kind: entry.kind, name, ...when, resources: [...entry.spec.resources] };
    case "Exec":
      return { kind: "Exec", name, ...when, ...execOf(entry.spec) };
    case "Dummy": {
      const { wantErr = false, fatal = false, done = true } = entry.spec ?? {};
      return { kind: "Dummy", name, ...when, wantErr, fatal, done };
    }
    default:
      return assertNever(entry);
  }
}

function execOf(spec: ExecSpec): Omit<ExecTask, "kind" | "name" | "when"> {
  const { pods, pod, container, forEach, command, stdin, stdinFrom, record } = spec;
  const timeout = parseDuration(spec.timeout ?? "");
  return {
    ...(pods !== undefined && { pods }),
    ...(pod !== undefined && { pod }),
    ...(container !== undefined && { container }),
    ...(forEach !== undefined && { forEach }),
    command: [...command],
    ...(stdin !== undefined && { stdin }),
    ...(stdinFrom && { stdinFrom: stdinFrom.map(({ secret, key }) => ({ secret, key })) }),
    ...(timeout !== undefined && { timeout }),
    ...(record && {
      record: {
        name: record.name,
        lifetime: record.lifetime ?? "instance",
        once: record.once ?? "ever",
      },
    }),
  };
}
