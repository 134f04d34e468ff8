import { readFileSync } from "node:fs";
import { join } from "node:path";
import { KplanError } from "../../model/kplan-error.ts";
import type { Access } from "./access.ts";
import { tokenFile } from "./credentials.ts";

/** Where a pod finds its service account (Kubernetes: "Accessing the Kubernetes API from a Pod"). */
const FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The file whose presence says that kplan runs in a pod. */
export const TOKEN_FILE: string = join(FOLDER, "token");

/** What a pod knows about its cluster: address from the environment, the rest from the service account's files. Throws a `bad-input` KplanError. */
export function inClusterAccess(
  env: Readonly<Record<string, string | undefined>>,
  folder: string = FOLDER,
): Access {
  const host = env.KUBERNETES_SERVICE_HOST ?? "";
  const port = env.KUBERNETES_SERVICE_PORT ?? "443";
  const token = tokenFile(join(folder, "token"));
  return {
    server: new URL(`https://${host.includes(":") ? `[${host}]` : host}:${port}`),
    tls: { ca: read(join(folder, "ca.crt")), servername: undefined, verify: true },
    proxy: undefined,
    credentials: token,
    impersonation: {},
    namespace: read(join(folder, "namespace")).trim() || "default",
    user: undefined,
    context: undefined,
    simulated: false,
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new KplanError(
      "bad-service-account",
      `cannot read ${file} of the pod's service account`,
      {
        kind: "bad-input",
        hint: "set automountServiceAccountToken: true, or name a kubeconfig",
        cause,
      },
    );
  }
}
