import type { AgentOptions } from "node:https";
import { load } from "js-yaml";

/** Address, TLS and headers of a kubeconfig's current context. */
export interface Connection {
  readonly server: string;
  readonly options: AgentOptions;
  readonly headers: Record<string, string>;
}

/** A kubeconfig as these tests write and read it. */
export interface KubeConfig {
  readonly "current-context": string;
  readonly contexts: readonly {
    readonly name: string;
    readonly context: { readonly cluster: string; readonly user: string };
  }[];
  readonly clusters: readonly {
    readonly name: string;
    readonly cluster: Readonly<Record<string, unknown>>;
  }[];
  readonly users: readonly {
    readonly name: string;
    readonly user: Readonly<Record<string, unknown>>;
  }[];
}

/** Reads the text of a kubeconfig whose certificates are within it. */
export function connectionOf(text: string): Connection {
  const { cluster, user } = entriesOf(load(text) as KubeConfig);
  const [ca, cert, key] = [
    pem(cluster["certificate-authority-data"]),
    pem(user["client-certificate-data"]),
    pem(user["client-key-data"]),
  ];
  return {
    server: String(cluster.server),
    options: {
      ...(ca && { ca }),
      ...(cert && { cert }),
      ...(key && { key }),
    },
    headers: user.token ? { authorization: `Bearer ${user.token}` } : {},
  };
}

/** What the current context names. */
export function entriesOf(config: KubeConfig): {
  readonly cluster: Readonly<Record<string, unknown>>;
  readonly user: Readonly<Record<string, unknown>>;
} {
  const { context } = named(config.contexts, config["current-context"]);
  const { cluster } = named(config.clusters, context.cluster);
  const { user } = named(config.users, context.user);
  return { cluster, user };
}

function named<T extends { readonly name: string }>(list: readonly T[], name: string): T {
  const found = list.find((each) => each.name === name);
  if (!found) throw new Error(`kubeconfig: no ${name}`);
  return found;
}

function pem(value: unknown): Buffer | undefined {
  return typeof value === "string" ? Buffer.from(value, "base64") : undefined;
}
