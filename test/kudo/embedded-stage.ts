import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type EmbeddedServer, startServer } from "../../src/embedded/start-server.ts";
import { type Api, openApi } from "../support/api.ts";
import { cli } from "../support/cli.ts";
import type { Stage } from "./play-story.ts";

/** An embedded cluster for the tests of this file; each call gives a new namespace of it. */
export function embeddedStage(prefix: string): () => Promise<Stage> {
  let server: EmbeddedServer;
  let api: Api;
  let home: string;
  let count = 0;
  beforeAll(async () => {
    server = await startServer({ speed: 1000 });
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
