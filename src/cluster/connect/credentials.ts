import { readFile } from "node:fs/promises";
import type { Clock } from "../../model/clock.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { realClock } from "../../model/real-clock.ts";
import type { Credential, Credentials } from "./access.ts";

/** Proof that never changes: a token or a password in the kubeconfig, a client certificate, or nothing. */
export function fixed(credential: Credential): Credentials {
  return { current: () => Promise.resolve(credential) };
}

/** `Bearer` with a token (RFC 6750). */
export function bearer(token: string): string {
  return `Bearer ${token}`;
}

/** `Basic` with user and password (RFC 7617). */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

/** Milliseconds that a token read from a file is used: kubelet rotates it in place (client-go reads it every minute). */
const REREAD = 60_000;

/** A token in a file, read again every minute and whenever it was refused; `beside` is what else the user has (a certificate). */
export function tokenFile(
  file: string,
  beside: Credential = {},
  { monotonic }: Pick<Clock, "monotonic"> = realClock,
): Credentials {
  let kept: { readonly token: string; readonly at: number } | undefined;
  return {
    async current({ renew }) {
      if (kept === undefined || renew || monotonic() - kept.at > REREAD)
        kept = { token: await readToken(file), at: monotonic() };
      return { ...beside, authorization: bearer(kept.token) };
    },
  };
}

async function readToken(file: string): Promise<string> {
  try {
    const token = (await readFile(file, "utf8")).trim();
    if (token !== "") return token;
  } catch (cause) {
    throw new KplanError("no-token", `cannot read the token file ${file}`, {
      hint: "log in again with the tool that writes it",
      cause,
    });
  }
  throw new KplanError("no-token", `the token file ${file} is empty`, {
    hint: "log in again with the tool that writes it",
  });
}
