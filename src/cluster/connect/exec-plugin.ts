import { spawn } from "node:child_process";
import { sep } from "node:path";
import { isMap } from "../../model/json.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { realClock } from "../../model/real-clock.ts";
import { onAbort } from "../http/on-abort.ts";
import type { Credential, Credentials } from "./access.ts";
import { bearer } from "./credentials.ts";
import { badConfig, type ConfigEntry, pathIn, textOf } from "./kubeconfig.ts";

/** What an exec plugin may want to know. */
export interface ExecPluginContext {
  readonly cluster: ConfigEntry;
  readonly server: URL;
  /** What the user has besides the plugin. */
  readonly beside: Credential;
}

const VERSIONS = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];
/** Milliseconds before its expiry from which on a token is not used any more. */
const MARGIN = 10_000;

/**
 * Credentials from a plugin of the kubeconfig (Kubernetes: "client-go credential plugins"), kept until they expire or are refused.
 * Calls that come while the plugin runs wait for the same run.
 */
export function execPlugin(
  user: ConfigEntry,
  exec: Readonly<Record<string, unknown>>,
  context: ExecPluginContext,
): Credentials {
  const command = textOf(exec.command);
  if (command === undefined) throw badConfig(user.file, `user "${user.name}": exec has no command`);
  const version = textOf(exec.apiVersion) ?? "";
  if (!VERSIONS.includes(version))
    throw badConfig(
      user.file,
      `user "${user.name}": exec.apiVersion ${version || "is missing"}: expected ${VERSIONS.join(" or ")}`,
    );
  let kept: { readonly credential: Credential; readonly until: number } | undefined;
  let running: Promise<Credential> | undefined;

  async function renewed(signal: AbortSignal): Promise<Credential> {
    const info = infoOf(version, exec, context);
    const output = await runPlugin(user, exec, { command: command ?? "", info, signal });
    const answer = readCredential(output, user, version);
    const credential = { ...context.beside, ...answer.credential };
    kept = { credential, until: answer.until };
    return credential;
  }

  return {
    current({ renew, signal }) {
      if (running !== undefined) return running;
      if (kept !== undefined && !renew && realClock.now().getTime() < kept.until - MARGIN)
        return Promise.resolve(kept.credential);
      kept = undefined;
      running = renewed(signal).finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}

/** The KUBERNETES_EXEC_INFO that a plugin reads. */
function infoOf(
  version: string,
  exec: Readonly<Record<string, unknown>>,
  { cluster, server }: ExecPluginContext,
): string {
  const asked = textOf(exec.provideClusterInfo) === "true";
  const shown = Object.fromEntries(
    ["tls-server-name", "certificate-authority-data", "proxy-url"].flatMap((key) => {
      const value = textOf(cluster.value[key]);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  const info = { server: server.href.replace(/\/$/, ""), ...shown };
  const spec = { interactive: process.stdin.isTTY === true, ...(asked && { cluster: info }) };
  return JSON.stringify({ apiVersion: version, kind: "ExecCredential", spec });
}

function runPlugin(
  user: ConfigEntry,
  exec: Readonly<Record<string, unknown>>,
  { command, info, signal }: { command: string; info: string; signal: AbortSignal },
): Promise<string> {
  // As client-go: a path counts from the kubeconfig's folder, a bare name is looked for in PATH.
  const path = command.includes("/") || command.includes(sep) ? pathIn(user, command) : command;
  const args = Array.isArray(exec.args) ? exec.args.map(String) : [];
  const interactive = exec.interactiveMode !== "Never" && process.stdin.isTTY === true;
  return new Promise((resolve, reject) => {
    const fail = (what: string, cause?: unknown): void => {
      const hint = textOf(exec.installHint) ?? "run the plugin by hand to see what it needs";
      const message = `user "${user.name}": the credential plugin ${command} ${what}`;
      reject(new KplanError("exec-plugin", message, { hint, cause }));
    };
    const child = spawn(path, args, {
      env: { ...process.env, ...variablesOf(exec.env), KUBERNETES_EXEC_INFO: info },
      stdio: [interactive ? "inherit" : "ignore", "pipe", "inherit"],
    });
    const release = onAbort(signal, () => {
      child.kill();
      reject(signal.reason);
    });
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.once("error", (error: NodeJS.ErrnoException) =>
      fail(error.code === "ENOENT" ? "is not installed" : error.message, error),
    );
    child.once("close", (code, killer) => {
      release();
      if (code === 0) resolve(output);
      else fail(killer === null ? `ended with code ${code}` : `was ended by ${killer}`);
    });
  });
}

function variablesOf(list: unknown): Record<string, string> {
  if (!Array.isArray(list)) return {};
  return Object.fromEntries(
    list.filter(isMap).map((item) => [String(item.name), String(item.value ?? "")]),
  );
}

function readCredential(
  output: string,
  user: ConfigEntry,
  version: string,
): { credential: Credential; until: number } {
  const wrong = (what: string): KplanError =>
    new KplanError("exec-plugin", `user "${user.name}": the credential plugin's answer ${what}`, {
      hint: "run the plugin by hand to see what it says",
    });
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    throw wrong("is not JSON");
  }
  if (!isMap(answer) || answer.apiVersion !== version) throw wrong(`is not of ${version}`);
  const status = isMap(answer.status) ? answer.status : {};
  const token = textOf(status.token);
  const cert = textOf(status.clientCertificateData);
  const key = textOf(status.clientKeyData);
  if (token === undefined && cert === undefined) throw wrong("holds neither token nor certificate");
  const expiry = Date.parse(textOf(status.expirationTimestamp) ?? "");
  return {
    credential: {
      ...(token !== undefined && { authorization: bearer(token) }),
      ...(cert !== undefined && key !== undefined && { cert, key }),
    },
    until: Number.isNaN(expiry) ? Number.POSITIVE_INFINITY : expiry,
  };
}
