import type { IncomingMessage } from "node:http";
import type { RawData, WebSocket } from "ws";
import { ClusterError, type ExecOptions, type ExecResult } from "../model/cluster.ts";
import { isMap } from "../model/json.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import { type Api, about, callError } from "./api.ts";
import type { Subject } from "./api-error.ts";
import { makeBudget } from "./budget.ts";
import { onAbort } from "./on-abort.ts";
import { objectPath } from "./paths.ts";
import { asStatus } from "./status-body.ts";

/** Subprotocols of an exec over WebSocket, newest first; servers before 1.30 know v4 only. */
const PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
/** First byte of each message. */
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;
/** Bytes of output of one command that are kept; more is an error, not a full memory. */
const MOST_OUTPUT = 16 * 2 ** 20;

/** `Cluster.exec`. */
export async function execInPod(
  api: Api,
  pod: ObjectRef,
  options: ExecOptions,
): Promise<ExecResult> {
  const resource = await api.discovery.resourceOf("v1", "Pod");
  const budget = makeBudget(options.deadline ?? api.deadline, [
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
    const [{ WebSocket }, { url, agent, headers }] = await Promise.all([
      import("ws"),
      api.transport.socket(path, budget.signal),
    ]);
    budget.signal.throwIfAborted();
    const socket = new WebSocket(url, PROTOCOLS, { agent, headers, perMessageDeflate: false });
    return await conversation(api, socket, {
      subject,
      stdin: options.stdin,
      signal: budget.signal,
    });
  } catch (error) {
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

/** Talks until the server says how the command ended. */
function conversation(
  api: Api,
  socket: WebSocket,
  about_: {
    readonly subject: Subject;
    readonly stdin: string | undefined;
    readonly signal: AbortSignal;
  },
): Promise<ExecResult> {
  const { subject, stdin, signal } = about_;
  return new Promise((resolve, reject) => {
    const output: { [channel: number]: Buffer[] } = { 1: [], 2: [] };
    let size = 0;
    const settle = (then: () => void): void => {
      release();
      then();
      socket.terminate();
    };
    const fail = (error: unknown): void => settle(() => reject(error));
    const release = onAbort(signal, () => fail(signal.reason));
    const lost = (cause?: unknown): void =>
      fail(
        new ClusterError(
          "unavailable",
          `${subject.what}: the connection broke before the command ended`,
          {
            transient: true,
            uncertain: true,
            cause,
            ...(subject.ref && { ref: subject.ref }),
          },
        ),
      );

    socket.on("unexpected-response", (_request, response) => {
      refusal(api, response, subject).then(fail, fail);
    });
    socket.on("error", lost);
    socket.on("close", () => lost());
    socket.on("open", () => {
      if (stdin === undefined) return;
      socket.send(Buffer.concat([Buffer.from([CHANNEL.stdin]), Buffer.from(stdin)]));
      if (socket.protocol === PROTOCOLS[0])
        socket.send(Buffer.from([CHANNEL.close, CHANNEL.stdin]));
    });
    socket.on("message", (data: RawData) => {
      const bytes = bytesOf(data);
      const channel = bytes[0] ?? CHANNEL.close;
      if (channel === CHANNEL.status) {
        const exitCode = exitCodeOf(bytes.subarray(1).toString("utf8"));
        if (typeof exitCode === "string") return fail(startFailure(exitCode, subject));
        return settle(() =>
          resolve({ exitCode, stdout: text(output[1]), stderr: text(output[2]) }),
        );
      }
      size += bytes.length;
      if (size > MOST_OUTPUT) return fail(tooMuch(subject));
      output[channel]?.push(bytes.subarray(1));
    });
  });
}

async function refusal(api: Api, response: IncomingMessage, subject: Subject): Promise<Error> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString("utf8");
  return callError(
    api,
    { status: response.statusCode ?? 0, headers: response.headers, body },
    subject,
  );
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

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

function text(pieces: readonly Buffer[] | undefined): string {
  return Buffer.concat(pieces ?? []).toString("utf8");
}
