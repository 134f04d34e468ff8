import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { KplanError } from "../../model/kplan-error.ts";
import { TOKEN_FILE } from "./in-cluster.ts";

/** Where a command's cluster is configured. */
export type Target =
  | { readonly kind: "kubeconfig"; readonly files: readonly string[] }
  | { readonly kind: "in-cluster" }
  | { readonly kind: "none" };

/** What decides about the target. */
export interface TargetOptions {
  /** `--kubeconfig`. */
  readonly kubeconfig?: string;
  /** `--context`. */
  readonly context?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The home folder, in which `.kube/config` is looked for. */
  readonly home: string;
  /** Tells whether a file is there; for tests. */
  readonly exists?: (file: string) => boolean;
}

/**
 * Where the cluster is configured, by kubectl's rules: `--kubeconfig`, `KUBECONFIG` (several files, merged; missing ones are passed over while one is there),
 * `~/.kube/config`, a pod's service account, or nowhere. Does not read the files.
 * Throws a `bad-input` KplanError when only files are named that do not exist, or a context without a kubeconfig.
 */
export function findTarget(options: TargetOptions): Target {
  const { kubeconfig, context, env, home } = options;
  const exists = options.exists ?? existsSync;
  if (kubeconfig) {
    if (exists(kubeconfig)) return { kind: "kubeconfig", files: [kubeconfig] };
    throw missing(`--kubeconfig ${kubeconfig}: no such file`);
  }
  if (env.KUBECONFIG) {
    const named = env.KUBECONFIG.split(delimiter).filter((file) => file !== "");
    const files = [...new Set(named)].filter(exists);
    if (files.length > 0) return { kind: "kubeconfig", files };
    if (named.length > 0)
      throw missing(
        named.length === 1
          ? `KUBECONFIG names ${named[0]}, and there is no such file`
          : `KUBECONFIG names ${named.join(", ")}, and none of these files is there`,
      );
  }
  const usual = join(home, ".kube", "config");
  if (exists(usual)) return { kind: "kubeconfig", files: [usual] };
  if (context) throw missing(`--context ${context}: there is no kubeconfig (looked for ${usual})`);
  if (env.KUBERNETES_SERVICE_HOST && exists(TOKEN_FILE)) return { kind: "in-cluster" };
  return { kind: "none" };
}

function missing(message: string): KplanError {
  return new KplanError("no-kubeconfig", message, {
    kind: "bad-input",
    hint: "name a kubeconfig with --kubeconfig or KUBECONFIG, or unset KUBECONFIG and use --embedded",
  });
}
