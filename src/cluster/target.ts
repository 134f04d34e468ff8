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
}

/**
 * Where the cluster is configured, by kubectl's rules: `--kubeconfig`, `KUBECONFIG` (several files), `~/.kube/config`, a pod's service account, or nowhere.
 * Throws a `bad-input` KplanError when a file is named that does not exist, or a context and no kubeconfig.
 */
export function findTarget(options: TargetOptions): Target {
  return options.kubeconfig
    ? { kind: "kubeconfig", files: [options.kubeconfig] }
    : { kind: "none" };
}
