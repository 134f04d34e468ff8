import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../src/cluster/kube.ts";
import { startServer } from "../../src/embedded/start-server.ts";
import type { Cluster } from "../../src/model/cluster.ts";

/** The cluster that the suite runs against. */
export interface Target {
  readonly cluster: Cluster;
  /** Milliseconds between two looks. */
  readonly interval: number;
  close(): Promise<void>;
}

/** The real cluster of KUBECONFIG when KPLAN_CONFORMANCE is `real`, else an embedded one in this process, twenty times as fast. */
export function openTarget(): Promise<Target> {
  return process.env.KPLAN_CONFORMANCE === "real" ? realTarget() : embeddedTarget();
}

async function realTarget(): Promise<Target> {
  const { cluster } = await connect({ env: process.env, version: "test" });
  return { cluster, interval: 250, close: async () => cluster.close() };
}

async function embeddedTarget(): Promise<Target> {
  const server = await startServer({ speed: 20 });
  const folder = mkdtempSync(join(tmpdir(), "kplan-conformance-"));
  const kubeconfig = join(folder, "kubeconfig");
  writeFileSync(kubeconfig, server.kubeconfig(), { mode: 0o600 });
  const { cluster } = await connect({ env: {}, kubeconfig, version: "test" });
  return {
    cluster,
    interval: 40,
    close: async () => {
      cluster.close();
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}
