import { readFile, stat } from "node:fs/promises";
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { fileURLToPath } from "node:url";
import { proxyFor } from "../cluster/connect/proxy-for.ts";
import { tunnel } from "../cluster/connect/proxy-tunnel.ts";
import { KplanError } from "../model/kplan-error.ts";

/** What bounds a download. */
export interface DownloadOptions {
  /** Bytes, at most. */
  readonly most: number;
  /** Milliseconds for all of it; a minute when absent. */
  readonly within?: number;
  /** Whether a `file:` address may be read. */
  readonly files?: boolean;
  /** `HTTPS_PROXY` and `NO_PROXY` are heeded, as for a cluster. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A redirect may lead on so often. */
const MOST_REDIRECTS = 10;

/**
 * The bytes behind an `http:` or `https:` address, redirects followed, never from `https:` to `http:`; or of a file. Throws a `failed` KplanError that names the address
 * without a password in it: no such host, another status than 200, too large, too slow.
 */
export async function download(address: URL, options: DownloadOptions): Promise<Uint8Array> {
  if (address.protocol === "file:" && options.files === true)
    return await readFrom(address, options.most);
  const signal = AbortSignal.timeout(options.within ?? 60_000);
  let at = address;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    if (at.protocol !== "http:" && at.protocol !== "https:")
      throw failed(address, `${at.protocol} addresses are not fetched`);
    const next = await visit(at, options, signal).catch((error: unknown) => {
      if (error instanceof KplanError) throw error;
      const why = signal.aborted ? `no whole answer within ${seconds(options)}` : reason(error);
      throw failed(at, why, error);
    });
    if (!(next instanceof URL)) return next;
    if (at.protocol === "https:" && next.protocol !== "https:")
      throw failed(address, `it leads on to ${shown(next)}, which is not https`);
    at = next;
  }
  throw failed(address, `it leads on more than ${MOST_REDIRECTS} times`);
}

/** An address as it is shown: without user and password. */
export function shown(address: URL): string {
  const plain = new URL(address);
  plain.username = "";
  plain.password = "";
  return plain.href;
}

/** One request: the bytes, or where they are. */
async function visit(
  at: URL,
  options: DownloadOptions,
  signal: AbortSignal,
): Promise<Uint8Array | URL> {
  const answer = await ask(at, options, signal);
  try {
    const status = answer.statusCode ?? 0;
    const { location } = answer.headers;
    if ([301, 302, 303, 307, 308].includes(status) && location !== undefined) {
      if (!URL.canParse(location, at.href)) throw failed(at, "it leads on to no address");
      return new URL(location, at);
    }
    if (status !== 200) throw failed(at, `the server answered ${status}`);
    return await bytesOf(answer, at, options.most);
  } finally {
    answer.destroy();
  }
}

function ask(at: URL, options: DownloadOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const secure = at.protocol === "https:";
  const headers = { "user-agent": "kplan", accept: "*/*", "accept-encoding": "identity" };
  const agent = secure ? secureAgent(at, options) : new HttpAgent();
  return new Promise((resolve, reject) => {
    const request = (secure ? httpsRequest : httpRequest)(at, { headers, agent, signal });
    request.on("error", reject);
    request.on("response", resolve);
    request.end();
  });
}

function secureAgent(at: URL, { env }: DownloadOptions): HttpsAgent {
  const agent = new HttpsAgent();
  const proxy = proxyFor(at, undefined, env, "the environment");
  if (proxy !== undefined)
    agent.createConnection = (options, callback) => {
      tunnel(proxy, options, callback);
      return undefined;
    };
  return agent;
}

async function bytesOf(answer: IncomingMessage, at: URL, most: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    size += (chunk as Buffer).length;
    if (size > most) throw tooLarge(at, most);
    chunks.push(chunk as Buffer);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

async function readFrom(address: URL, most: number): Promise<Uint8Array> {
  try {
    const path = fileURLToPath(address);
    const { size } = await stat(path);
    if (size > most) throw tooLarge(address, most);
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (error instanceof KplanError) throw error;
    throw failed(address, reason(error), error);
  }
}

function tooLarge(at: URL, most: number): KplanError {
  return failed(at, `it is larger than ${Math.round(most / 1024 / 1024)} MiB`);
}

function failed(at: URL, why: string, cause?: unknown): KplanError {
  return new KplanError("no-download", `${shown(at)}: ${why}`, {
    ...(cause !== undefined && { cause }),
  });
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "there is no such host";
  if (code === "ECONNREFUSED") return "the connection was refused";
  if (code === "ENOENT") return "there is no such file";
  return error.message === "" ? String(code ?? "it failed") : error.message;
}

function seconds({ within = 60_000 }: DownloadOptions): string {
  return `${within / 1000} s`;
}
