import { isMap } from "../../model/json.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { didYouMean } from "../../model/nearest.ts";
import type { Access, TlsTrust } from "./access.ts";
import { badConfig, type ConfigEntry, type Kubeconfig, textOf } from "./kubeconfig.ts";
import { pemOf } from "./pem.ts";
import { proxyFor } from "./proxy-for.ts";
import { impersonationOf, userCredentials } from "./user-credentials.ts";

/** Name of the extension of a kubeconfig's cluster by which the embedded cluster is known. */
const EMBEDDED_EXTENSION = "kplan.dev/embedded";

/** What a kubeconfig says about one context. Throws a `bad-input` KplanError that names the file and the entry. */
export function kubeconfigAccess(
  config: Kubeconfig,
  contextName: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Access {
  const context = pickContext(config, contextName);
  const cluster = referred(context, "cluster", config.clusters, "clusters");
  const user = textOf(context.value.user)
    ? referred(context, "user", config.users, "users")
    : undefined;
  const server = serverOf(cluster);
  return {
    server,
    tls: trustOf(cluster),
    proxy: proxyFor(server, textOf(cluster.value["proxy-url"]), env, cluster.file),
    credentials: userCredentials(user, cluster, server),
    impersonation: user === undefined ? {} : impersonationOf(user.value),
    namespace: textOf(context.value.namespace) ?? "default",
    user: user?.name,
    context: context.name,
    simulated: isEmbedded(cluster),
  };
}

function pickContext(config: Kubeconfig, asked: string | undefined): ConfigEntry {
  const names = [...config.contexts.keys()];
  const files = config.files.join(", ");
  const listed =
    names.length === 0 ? `${files} has no contexts` : `${files} has ${names.sort().join(", ")}`;
  const name = asked ?? config.currentContext;
  if (name === undefined)
    throw new KplanError("no-context", `no current context: ${listed}`, {
      kind: "bad-input",
      hint: "choose one with --context, or with kubectl config use-context",
    });
  const context = config.contexts.get(name);
  if (context !== undefined) return context;
  const guess = didYouMean(name, names);
  throw new KplanError("no-context", `no context "${name}"${guess}: ${listed}`, {
    kind: "bad-input",
    hint: "choose one with --context, or with kubectl config use-context",
  });
}

function referred(
  context: ConfigEntry,
  member: "cluster" | "user",
  entries: ReadonlyMap<string, ConfigEntry>,
  list: string,
): ConfigEntry {
  const name = textOf(context.value[member]);
  if (name === undefined)
    throw badConfig(context.file, `context "${context.name}" names no ${member}`);
  const entry = entries.get(name);
  if (entry !== undefined) return entry;
  const guess = didYouMean(name, entries.keys());
  throw badConfig(
    context.file,
    `context "${context.name}" names the ${member} "${name}", which is not in ${list}${guess}`,
  );
}

function serverOf(cluster: ConfigEntry): URL {
  const text = textOf(cluster.value.server);
  const where = `cluster "${cluster.name}"`;
  if (text === undefined) throw badConfig(cluster.file, `${where} has no server`);
  const full = text.includes("://") ? text : `https://${text}`;
  if (!URL.canParse(full)) throw badConfig(cluster.file, `${where}: server ${text} is not a URL`);
  const server = new URL(full);
  if (server.protocol === "https:") return server;
  if (server.protocol !== "http:")
    throw badConfig(cluster.file, `${where}: server ${text} is not an https URL`);
  // Plain HTTP shows secrets and tokens to everybody on the way; `kubectl proxy` listens on the loopback.
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(server.hostname);
  if (loopback || insecure(cluster)) return server;
  throw badConfig(
    cluster.file,
    `${where}: server ${text} is not encrypted, which is allowed on the loopback only`,
    "use https, or set insecure-skip-tls-verify: true if the network is trusted",
  );
}

function insecure(cluster: ConfigEntry): boolean {
  return textOf(cluster.value["insecure-skip-tls-verify"]) === "true";
}

function trustOf(cluster: ConfigEntry): TlsTrust {
  const verify = !insecure(cluster);
  return {
    ca: verify ? pemOf(cluster, "certificate-authority", "cluster") : undefined,
    servername: textOf(cluster.value["tls-server-name"]),
    verify,
  };
}

function isEmbedded(cluster: ConfigEntry): boolean {
  const { extensions } = cluster.value;
  return (
    Array.isArray(extensions) &&
    extensions.some((item: unknown) => isMap(item) && item.name === EMBEDDED_EXTENSION)
  );
}
