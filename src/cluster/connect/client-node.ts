import { KubeConfig } from "@kubernetes/client-node";

/**
 * An empty configuration of the large client library. Import this file lazily only: a static import of one name lets the bundler leave the rest of the
 * library out, and a lazy import of this file keeps it from being loaded by those who do not need it.
 */
export function emptyKubeConfig(): KubeConfig {
  return new KubeConfig();
}
