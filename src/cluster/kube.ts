import { homedir } from "node:os";
import type { Clock } from "../model/clock.ts";
import type { Cluster } from "../model/cluster.ts";
import { KplanError } from "../model/kplan-error.ts";
import { realClock } from "../model/real-clock.ts";
import { type Api, about, call, whoOf } from "./api.ts";
import type { Access } from "./connect/access.ts";
import type { Connection, ConnectOptions } from "./connect/connect-options.ts";
import { inClusterAccess } from "./connect/in-cluster.ts";
import { readKubeconfig } from "./connect/kubeconfig.ts";
import { kubeconfigAccess } from "./connect/kubeconfig-access.ts";
import { findTarget } from "./connect/target.ts";
import { makeDiscovery } from "./discovery.ts";
import { followLog } from "./follow-log.ts";
import { makeTransport, type Transport } from "./http/transport.ts";
import { execInPod } from "./pod-exec.ts";
import { getObject, listObjects, mayUser, readLogs } from "./read-objects.ts";
import { watchObjects } from "./watch-objects.ts";
import {
  applyObject,
  createObject,
  deleteObject,
  patchObject,
  replaceObject,
} from "./write-objects.ts";

export type { Connection, ConnectOptions } from "./connect/connect-options.ts";

/** Milliseconds that a call may take when nobody says. */
const DEFAULT_DEADLINE = 30_000;
const DAY = 86_400_000;

/**
 * Connects kplan to a cluster: reads the configuration, sends nothing yet.
 * Throws a `bad-input` KplanError when the configuration cannot be used, saying which file, what is wrong and what to do.
 */
export function connect(options: ConnectOptions): Promise<Connection> {
  return Promise.resolve().then(() => connection(options));
}

function connection(options: ConnectOptions): Connection {
  const access = impersonating(options.access ?? accessOf(options), options);
  // As with kubectl, 0 means no limit: a day is one for practical purposes.
  const { clock = realClock, random = Math.random } = options;
  const deadline = (options.requestTimeoutMs ?? DEFAULT_DEADLINE) || DAY;
  const transport = makeTransport(access, {
    deadline,
    userAgent: `kplan/${options.version} (${process.platform}/${process.arch})`,
    onWarning: options.onWarning,
    onTrace: options.onTrace,
    clock,
    random,
    ...(options.exchange && { exchange: options.exchange }),
  });
  const user = options.as ?? access.user;
  return {
    cluster: clusterOver(access, transport, {
      user,
      deadline,
      simulated: options.simulated,
      clock,
      random,
    }),
    namespace: options.namespace ?? access.namespace,
    user,
    context: access.context,
    server: access.server.origin,
  };
}

function accessOf(options: ConnectOptions): Access {
  const { env, context } = options;
  const target = findTarget({
    env,
    home: env.HOME || homedir(),
    ...(options.kubeconfig !== undefined && { kubeconfig: options.kubeconfig }),
    ...(context !== undefined && { context }),
  });
  switch (target.kind) {
    case "kubeconfig":
      return kubeconfigAccess(readKubeconfig(target.files), context, env);
    case "in-cluster":
      return inClusterAccess(env);
    case "none":
      throw new KplanError("no-cluster", "no cluster is configured", {
        kind: "bad-input",
        hint: "name a kubeconfig with --kubeconfig or KUBECONFIG, or use --embedded",
      });
  }
}

function impersonating(access: Access, options: ConnectOptions): Access {
  const groups = options.asGroups ?? [];
  if (options.as === undefined && groups.length === 0) return access;
  if (options.as === undefined)
    throw new KplanError("bad-impersonation", "--as-group needs --as", { kind: "bad-input" });
  const impersonation: Record<string, string | string[]> = { "impersonate-user": options.as };
  if (groups.length > 0) impersonation["impersonate-group"] = [...groups];
  return { ...access, impersonation };
}

/** The cluster behind a transport. */
function clusterOver(
  access: Access,
  transport: Transport,
  options: {
    readonly user: string | undefined;
    readonly deadline: number;
    readonly simulated: boolean | undefined;
    readonly clock: Clock;
    readonly random: () => number;
  },
): Cluster {
  const discovery = makeDiscovery(async (path, limits) => {
    const subject = { ...api.who, verb: "get", what: path };
    const reply = await call(api, { method: "GET", path, ...limits }, subject, [404]);
    return reply.status === 404 ? undefined : JSON.parse(reply.body);
  });
  const api: Api = {
    transport,
    discovery,
    deadline: options.deadline,
    who: whoOf(access, options.user),
    clock: options.clock,
    random: options.random,
  };
  return {
    server: access.server.origin,
    simulated: options.simulated ?? access.simulated,
    requests: transport.requests,
    capabilities: discovery.capabilities,
    resourceOf: discovery.resourceOf,
    get: (ref, limits) => getObject(api, ref, limits),
    list: (query, limits) => listObjects(api, query, limits),
    watch: (query, { signal }) => watchObjects(api, query, signal),
    create: (object, how) => createObject(api, object, how),
    apply: (object, how) => applyObject(api, object, how),
    replace: (object, how) => replaceObject(api, object, how),
    patch: (ref, patch, how) => patchObject(api, ref, patch, how),
    delete: (ref, how) => deleteObject(api, ref, how),
    logs: (pod, how) => readLogs(api, pod, how),
    followLog: (pod, how) => followLog(api, pod, how),
    exec: (pod, how) => execInPod(api, pod, how),
    mayI: (verb, ref) => mayUser(api, verb, ref),
    serverNow: transport.serverTime,
    async serverTime() {
      const subject = about(api, "get", { apiVersion: "v1", kind: "version" });
      if (transport.serverTime() === undefined)
        await call(api, { method: "GET", path: "/version" }, subject);
      return transport.serverTime() ?? options.clock.now().getTime();
    },
    close: transport.close,
  };
}
