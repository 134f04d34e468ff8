import { KplanError } from "../../model/kplan-error.ts";
import type { Credential, Credentials } from "./access.ts";
import type { ConfigEntry } from "./kubeconfig.ts";

/** Credentials by the kubeconfig's legacy `auth-provider` (OIDC with refresh, cloud tools), which the client library knows; loaded when first needed. */
export function authProvider(
  user: ConfigEntry,
  cluster: ConfigEntry,
  beside: Credential,
): Credentials {
  const load = async (): Promise<{ authorize(): Promise<string | undefined> }> => {
    const { emptyKubeConfig } = await import("./client-node.ts");
    const config = emptyKubeConfig();
    config.loadFromOptions({
      clusters: [{ name: "c", server: cluster.value.server }],
      users: [{ name: "u", authProvider: user.value["auth-provider"] }],
      contexts: [{ name: "x", cluster: "c", user: "u" }],
      currentContext: "x",
    });
    return {
      async authorize() {
        const options: { headers: Record<string, string> } = { headers: {} };
        await config.applyToHTTPSOptions(options);
        return options.headers.Authorization;
      },
    };
  };
  let loaded: ReturnType<typeof load> | undefined;
  return {
    async current({ renew }) {
      if (renew) loaded = undefined;
      loaded ??= load();
      try {
        const authorization = await (await loaded).authorize();
        return authorization === undefined ? beside : { ...beside, authorization };
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new KplanError("auth-provider", `user "${user.name}": ${why}`, {
          hint: "log in again with the tool that wrote the kubeconfig",
          cause,
        });
      }
    },
  };
}
