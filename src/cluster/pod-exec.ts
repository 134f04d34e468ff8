import { assertNever } from "../model/assert-never.ts";
import { ClusterError, type ExecOptions, type ExecResult } from "../model/cluster.ts";
import { isMap } from "../model/json.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import { type Api, about, callError } from "./api.ts";
import type { Subject } from "./api-error.ts";
import { makeBudget } from "./http/budget.ts";
import { ExchangeFailure, type ExecAnswer } from "./http/exchange.ts";
import { asStatus } from "./http/status-body.ts";
import { objectPath } from "./paths.ts";

/** Bytes of output of one command that are kept; more is an error, not a full memory. */
const MOST_OUTPUT = 16 * 2 ** 20;

/** `Cluster.exec`. */
export async function execInPod(
  api: Api,
  pod: ObjectRef,
  options: ExecOptions,
): Promise<ExecResult> {
  const resource = await api.discovery.resourceOf("v1", "Pod");
  const budget = makeBudget(api.clock, options.deadline ?? api.deadline, [
    options.signal,
    api.transport.closed,
  ]);
  const subject = about(api, "create", pod);
  try {
    const { KubeVersion } =
      options.stdin === undefined ? { KubeVersion: undefined } : await api.discovery.capabilities();
    // v4 cannot say that the input ends, so the command is told how many bytes it has.
    const counted = KubeVersion !== undefined && KubeVersion.Major === 1 && KubeVersion.Minor < 30;
    const command =
      counted && options.stdin !== undefined
        ? withCountedInput(options.command, options.stdin)
        : options.command;
    const path = `${objectPath(resource, pod, "exec")}?${queryOf(options, command)}`;
    await options.before?.();
    const answer = await api.transport.exec(path, {
      stdin: options.stdin,
      mostOutput: MOST_OUTPUT,
      signal: budget.signal,
    });
    return await resultOf(api, answer, { subject, binary: options.binary === true });
  } catch (error) {
    if (error instanceof ExchangeFailure) throw lost(subject, error);
    if (!budget.over()) throw error;
    throw new ClusterError(
      "timeout",
      `a command in ${subject.what} did not end within ${budget.total / 1000} s`,
      {
        ref: pod,
        uncertain: true,
        transient: true,
      },
    );
  } finally {
    budget.end();
  }
}

function withCountedInput(command: readonly string[], stdin: string): string[] {
  return ["sh", "-c", 'head -c "$0" | "$@"', String(Buffer.byteLength(stdin)), ...command];
}

function queryOf(options: ExecOptions, command: readonly string[]): URLSearchParams {
  const parameters = new URLSearchParams({ stdout: "true", stderr: "true" });
  if (options.container !== undefined) parameters.set("container", options.container);
  if (options.stdin !== undefined) parameters.set("stdin", "true");
  for (const word of command) parameters.append("command", word);
  return parameters;
}

/** The command's end as callers see it. Throws ClusterError where it did not run to one. */
async function resultOf(
  api: Api,
  answer: ExecAnswer,
  { subject, binary }: { readonly subject: Subject; readonly binary: boolean },
): Promise<ExecResult> {
  switch (answer.kind) {
    case "refused":
      throw await callError(api, answer.answer, subject);
    case "too-much":
      throw tooMuch(subject);
    case "ended": {
      const exitCode = exitCodeOf(answer.status);
      if (typeof exitCode === "string") throw startFailure(exitCode, subject);
      const { stdout, stderr, bytes = Buffer.from(stdout) } = answer;
      return { exitCode, stdout, stderr, ...(binary && { bytes }) };
    }
    default:
      return assertNever(answer);
  }
}

/** The exit code in the Status that ends a conversation, or why the command could not be run. */
function exitCodeOf(body: string): number | string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return body;
  }
  if (isMap(value) && value.status === "Success") return 0;
  const status = asStatus({ kind: "Status", ...(isMap(value) ? value : {}) });
  const code = status?.details?.causes.find((cause) => cause.reason === "ExitCode")?.message;
  return code === undefined ? (status?.message ?? body) : Number(code);
}

function lost(subject: Subject, cause: ExchangeFailure): ClusterError {
  return new ClusterError(
    "unavailable",
    `${subject.what}: the connection broke before the command ended`,
    { transient: true, uncertain: true, cause, ...(subject.ref && { ref: subject.ref }) },
  );
}

function startFailure(why: string, subject: Subject): ClusterError {
  return new ClusterError("other", `${subject.what} cannot run the command: ${why}`, {
    ...(subject.ref && { ref: subject.ref }),
  });
}

function tooMuch(subject: Subject): ClusterError {
  return new ClusterError(
    "other",
    `a command in ${subject.what} printed more than ${MOST_OUTPUT / 2 ** 20} MiB`,
    {
      ...(subject.ref && { ref: subject.ref }),
    },
  );
}
