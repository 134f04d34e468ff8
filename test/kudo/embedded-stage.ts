import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type Api, openApi } from "../support/api.ts";
import { cli } from "../support/cli.ts";
import { type InProcessTarget, serveInProcess } from "../support/serve-in-process.ts";
import type { Stage } from "./play-story.ts";

/** An embedded cluster, which can also be asked for all there is. */
export interface EmbeddedStage extends Stage {
  /** Objects of the namespace, in the order they were made. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into objects of every shape
  list(base: string, resource: string): Promise<readonly any[]>;
}

/** An embedded cluster for the tests of this file; each call gives a new namespace of it. */
export function embeddedStage(prefix: string): () => Promise<EmbeddedStage> {
  let server: InProcessTarget;
  let api: Api;
  let home: string;
  let count = 0;
  beforeAll(async () => {
    server = await serveInProcess({ speed: 1000 });
    api = openApi(server.kubeconfig());
    home = mkdtempSync(join(tmpdir(), "kplan-home-"));
    writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
  });
  afterAll(async () => {
    api.close();
    await server.close();
  });
  return async () => {
    const namespace = `${prefix}-${++count}`;
    const metadata = { name: namespace };
    await api.post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
    return {
      namespace,
      real: false,
      run: async (words) => {
        const where = words.includes("-n") ? [] : ["-n", namespace];
        const argv = ["--kubeconfig", join(home, "kubeconfig"), ...where, ...words];
        const { code, stdout, stderr } = await cli(argv, { home });
        return { code, said: stdout + stderr };
      },
      list: async (base, resource) => {
        const { body } = await api.get(`${base}/namespaces/${namespace}/${resource}`);
        const version = ({ metadata }: { metadata: { resourceVersion: string } }) =>
          Number(metadata.resourceVersion);
        return body.items.toSorted(
          (a: Parameters<typeof version>[0], b: Parameters<typeof version>[0]) =>
            version(a) - version(b),
        );
      },
      look: async ({ apiVersion, kind, name }) => {
        const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
        const { body: served } = await api.get(base);
        const resource = served.resources?.find((one: { kind: string }) => one.kind === kind);
        if (resource === undefined) return undefined;
        const scope = resource.namespaced ? `/namespaces/${namespace}` : "";
        const path = `${base}${scope}/${resource.name}/${name.replace("{ns}", namespace)}`;
        const { status, body } = await api.get(path);
        return status === 404 ? undefined : body;
      },
    };
  };
}
