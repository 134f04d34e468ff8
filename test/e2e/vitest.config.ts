import { defineConfig, type ViteUserConfig } from "vitest/config";

if (!process.env.KUBECONFIG)
  throw new Error("set KUBECONFIG to a real cluster; the suite makes and deletes namespaces there");

/** The suite on a real cluster: whatever KUBECONFIG points at. One test after the other, since they share its machines. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/e2e/**/*.test.ts"],
    fileParallelism: false,
    sequence: { concurrent: false },
    // Real databases take their time; what is waited for is always a condition, and each wait has its own deadline.
    testTimeout: 20 * 60_000,
    hookTimeout: 10 * 60_000,
    bail: 0,
  },
});

// biome-ignore lint/style/noDefaultExport: it is where vitest looks
export default config;
