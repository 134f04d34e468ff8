import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { ExecResult } from "../../model/cluster.ts";
import { isMap } from "../../model/json.ts";
import { groupOf, type KubeObject } from "../../model/kube-object.ts";
import { badRequest, noSuchResource, notFound } from "../http/api-error.ts";
import { routeOf } from "../http/route.ts";
import { storageKey } from "../kinds/served-kind.ts";
import { mapsOf, valueAt } from "../rules/rule.ts";
import type { ServerState } from "../server-state.ts";
import { answerTo, type ExecCall } from "./exec-rules.ts";
import { fileAnswer } from "./file-rules.ts";
import { memoryOf } from "./pod-memory.ts";
import { simulationOf } from "./pod-simulation.ts";

/** Subprotocols of an exec over WebSocket, best first (k8s.io/kubelet, remotecommand). */
const PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
/** First byte of a message. */
const CHANNEL = { stdout: 1, stderr: 2, status: 3 } as const;

/** Why and how an upgrade is answered. */
export interface ExecUpgrade {
  readonly state: ServerState;
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/**
 * Answers `GET …/pods/NAME/exec` over a WebSocket with what the rules say. Throws ApiError before the upgrade: 404 for no such
 * pod, 400 for a container that it does not have, or when the client speaks no known subprotocol.
 */
export async function answerExec({ state, incoming, socket, head }: ExecUpgrade): Promise<void> {
  const answer = commandAnswer(state, new URL(incoming.url ?? "/", "https://localhost"));
  const offered = (incoming.headers["sec-websocket-protocol"] ?? "").split(",");
  const protocol = PROTOCOLS.find((each) => offered.some((name) => name.trim() === each));
  if (!protocol) throw badRequest(`expected a subprotocol of ${PROTOCOLS.join(", ")}`);
  const { WebSocketServer } = await import("ws");
  const upgrader = new WebSocketServer({ noServer: true, handleProtocols: () => protocol });
  upgrader.handleUpgrade(incoming, socket, head, (connection) => {
    const { stdout, bytes, stderr, status } = answer();
    const send = (channel: number, what: string | Uint8Array): void =>
      connection.send(
        Buffer.concat([Buffer.of(channel), typeof what === "string" ? Buffer.from(what) : what]),
      );
    connection.on("error", () => connection.terminate());
    if (stdout) send(CHANNEL.stdout, bytes ?? stdout);
    if (stderr) send(CHANNEL.stderr, stderr);
    send(CHANNEL.status, status);
    connection.close(1000);
  });
}

/**
 * What a command in a container prints, and the text of the Status that says how it ended: worked out when the answer is called. Throws ApiError: 404 for no such
 * pod, 400 for a container that it does not have.
 */
export function commandAnswer(
  state: ServerState,
  url: URL,
): () => Omit<ExecResult, "exitCode"> & { readonly status: string } {
  const { pod, call } = callOf(state, url);
  return () => {
    const { exec, files = [] } = simulationOf(state, pod);
    const { exitCode, ...printed } = fileAnswer(files, call) ?? answerTo(exec, call);
    return { ...printed, status: JSON.stringify(statusOf(exitCode)) };
  };
}

function callOf(
  state: ServerState,
  url: URL,
): { readonly pod: KubeObject; readonly call: ExecCall } {
  const { store, clock } = state;
  const route = routeOf(url.pathname);
  const target = route.type === "resource" ? route.target : undefined;
  const { namespace = "", name = "", plural, subresource, group } = target ?? {};
  if (group !== "" || plural !== "pods" || subresource !== "exec") throw noSuchResource();
  const pod = store.get("/pods", namespace, name);
  const kind = state.kinds.byKind("", "Pod");
  if (!pod) throw kind ? notFound(kind, name) : noSuchResource();
  const command = url.searchParams.getAll("command");
  if (command.length === 0)
    throw badRequest("you must specify at least 1 command for the container");
  const started = Date.parse(String(valueAt(pod, "status.startTime") ?? ""));
  const call = {
    pod: name,
    namespace,
    container: containerOf(pod, url.searchParams.get("container")),
    command,
    age: Number.isNaN(started) ? 0 : clock.now().getTime() - started,
    ready: readySiblings(store.list("/pods", namespace), pod),
    replicas: wantedSiblings(state, pod),
    memory: memoryOf(state, pod),
  };
  return { pod, call };
}

/** The named container, or the first. Throws ApiError 400 when the pod does not have it. */
export function containerOf(pod: KubeObject, wanted: string | null): string {
  const names = mapsOf(valueAt(pod, "spec.containers")).map(({ name }) => String(name));
  const name = wanted || names[0] || "";
  if (!names.includes(name))
    throw badRequest(`container ${name} is not valid for pod ${pod.metadata.name}`);
  return name;
}

function readySiblings(pods: readonly KubeObject[], pod: KubeObject): number {
  const owner = ownerOf(pod);
  return pods.filter((each) => ownerOf(each) === owner && isReady(each)).length;
}

/** `spec.replicas` of the pod's owner; 1 for a pod that is its own. */
function wantedSiblings({ store, kinds }: ServerState, pod: KubeObject): number {
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller);
  if (owner === undefined) return 1;
  const kind = kinds.byKind(groupOf(owner.apiVersion), owner.kind);
  const live = kind && store.get(storageKey(kind), pod.metadata.namespace ?? "", owner.name);
  return Number((live && valueAt(live, "spec.replicas")) ?? 1);
}

function ownerOf({ metadata }: KubeObject): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller)?.uid ?? metadata.uid;
}

function isReady({ status }: KubeObject): boolean {
  const conditions = isMap(status) ? mapsOf(status.conditions) : [];
  return conditions.some((each) => each.type === "Ready" && each.status === "True");
}

/** How a command ended, as the last message says it. */
function statusOf(exitCode: ExecResult["exitCode"]): object {
  if (exitCode === 0) return { metadata: {}, status: "Success" };
  return {
    metadata: {},
    status: "Failure",
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: String(exitCode) }] },
  };
}
