import type { Clock } from "../../model/clock.ts";
import type { Cluster } from "../../model/cluster.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Access } from "./access.ts";

/** What a command line says about the cluster to use; everything has kubectl's meaning. */
export interface ConnectOptions {
  /** Path of the kubeconfig (`--kubeconfig`); absent: `KUBECONFIG`, then `~/.kube/config`, then the pod's service account. */
  readonly kubeconfig?: string;
  /** Name of the context (`--context`); absent: the kubeconfig's current one. */
  readonly context?: string;
  /** Namespace (`--namespace`); absent: the context's, the pod's, or `default`. */
  readonly namespace?: string;
  /** User to impersonate (`--as`). */
  readonly as?: string;
  /** Groups to impersonate (`--as-group`). */
  readonly asGroups?: readonly string[];
  /** Milliseconds that one call may take, retries included; 30 000 when absent, 0 for no limit. */
  readonly requestTimeoutMs?: number;
  /** The environment: `KUBECONFIG`, `HOME`, the proxy variables and those of a pod are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told each different `Warning` header of the server once. */
  readonly onWarning?: (message: string) => void;
  /** Told each request as it is sent (`POST /api/v1/…`), and each event of a watch as it is read (`WATCH MODIFIED Pod x`). */
  readonly onTrace?: (text: string) => void;
  /** Version of kplan, for the User-Agent. */
  readonly version: string;
  /** The embedded cluster: no container runs. Also read off the kubeconfig's cluster extension `kplan.dev/embedded`. */
  readonly simulated?: boolean;
  /** How to reach the cluster; read from the configuration when absent. */
  readonly access?: Access;
  /** How requests leave; over the network when absent. */
  readonly exchange?: Exchange;
  /** Every wait and every deadline is counted on it; the machine's when absent. */
  readonly clock?: Clock;
  /** Numbers in [0, 1) for jitter. */
  readonly random?: () => number;
}

/** A cluster and the names it was reached by. */
export interface Connection {
  readonly cluster: Cluster;
  /** The namespace that commands without `-n` use. */
  readonly namespace: string;
  /** Name of the kubeconfig's user, of the impersonated one, or of the pod's service account; undefined when none is named. */
  readonly user: string | undefined;
  /** Name of the kubeconfig's context; undefined in a pod. */
  readonly context: string | undefined;
  /** `https://host:port`. */
  readonly server: string;
}
