import { defineConfig, type ViteUserConfig } from "vitest/config";

/**
 * What takes long and breaks things. `proxy`: commands through a proxy that does harm, on the cluster of KUBECONFIG, or on the embedded one;
 * `suite`: drivers killed, stopped and set against each other, the API server stopped, on a testbed that is there for nothing else.
 */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/e2e/chaos/**/*.chaos.ts"],
    fileParallelism: false,
    sequence: { concurrent: false },
    testTimeout: 90 * 60_000,
    hookTimeout: 10 * 60_000,
    bail: 0,
  },
});

// biome-ignore lint/style/noDefaultExport: it is where vitest looks
export default config;
