import { isMap } from "../../model/json.ts";
import type { Credential, Credentials } from "./access.ts";
import { authProvider } from "./auth-provider.ts";
import { basic, bearer, fixed, tokenFile } from "./credentials.ts";
import { execPlugin } from "./exec-plugin.ts";
import { badConfig, type ConfigEntry, pathIn, textOf } from "./kubeconfig.ts";
import { pemOf } from "./pem.ts";

/**
 * How a kubeconfig's user proves who they are. A certificate goes together with one of: exec plugin, auth provider, token, token file, password; of these
 * the first in client-go's order counts. Throws a `bad-input` KplanError for what cannot be used.
 */
export function userCredentials(
  user: ConfigEntry | undefined,
  cluster: ConfigEntry,
  server: URL,
): Credentials {
  if (user === undefined) return fixed({});
  const { value } = user;
  const beside = certificateOf(user);
  if (isMap(value.exec)) return execPlugin(user, value.exec, { cluster, server, beside });
  const file = textOf(value.tokenFile);
  if (file !== undefined) return tokenFile(pathIn(user, file), beside);
  const token = textOf(value.token);
  if (token !== undefined) return fixed({ ...beside, authorization: bearer(token) });
  const name = textOf(value.username);
  if (name !== undefined) {
    const password = textOf(value.password) ?? "";
    return fixed({ ...beside, authorization: basic(name, password) });
  }
  if (isMap(value["auth-provider"])) return authProvider(user, cluster, beside);
  return fixed(beside);
}

/** Headers of a user that acts as another (`as`, `as-uid`, `as-groups`, `as-user-extra`). */
export function impersonationOf(
  user: Readonly<Record<string, unknown>>,
): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  const name = textOf(user.as);
  if (name === undefined) return headers;
  headers["impersonate-user"] = name;
  const uid = textOf(user["as-uid"]);
  if (uid !== undefined) headers["impersonate-uid"] = uid;
  const groups = textsOf(user["as-groups"]);
  if (groups.length > 0) headers["impersonate-group"] = groups;
  const extra = user["as-user-extra"];
  if (isMap(extra))
    for (const [key, values] of Object.entries(extra))
      headers[`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`] = textsOf(values);
  return headers;
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(textOf).filter((text) => text !== undefined) : [];
}

function certificateOf(user: ConfigEntry): Credential {
  const cert = pemOf(user, "client-certificate", "user");
  const key = pemOf(user, "client-key", "user");
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined || key === undefined)
    throw badConfig(
      user.file,
      `user "${user.name}" has a client ${cert === undefined ? "key but no certificate" : "certificate but no key"}`,
    );
  return { cert, key };
}
