import { isIP } from "node:net";
import { badConfig } from "./kubeconfig.ts";

/**
 * The proxy to a server: the kubeconfig's `proxy-url`, else `HTTPS_PROXY`/`https_proxy` unless `NO_PROXY` or the loopback rule says otherwise
 * (the rules of Go's net/http). Plain HTTP servers are never proxied. Throws a `bad-input` KplanError for a proxy that cannot be used.
 */
export function proxyFor(
  server: URL,
  configured: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  file: string,
): URL | undefined {
  if (server.protocol !== "https:") return undefined;
  if (configured !== undefined) return parse(configured, `proxy-url in ${file}`, file);
  const named = env.HTTPS_PROXY || env.https_proxy;
  if (!named) return undefined;
  if (isSpared(server, env.NO_PROXY || env.no_proxy || "")) return undefined;
  return parse(named, "HTTPS_PROXY", file);
}

function parse(text: string, what: string, file: string): URL {
  const full = text.includes("://") ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url && /^(https?|socks5h?):$/.test(url.protocol)) return url;
  const shown = url ? `${url.protocol}//…` : "it";
  throw badConfig(
    file,
    `${what}: ${shown} cannot be used as a proxy`,
    "use a http, https or socks5 URL",
  );
}

/** Whether `NO_PROXY` (or the loopback) spares a server the proxy: `*`, host names with their subdomains, addresses, CIDR ranges, each with a port if wanted. */
export function isSpared(server: URL, list: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = server.port || "443";
  if (host === "localhost" || host === "::1" || /^127\./.test(host)) return true;
  return list
    .split(",")
    .map((word) => word.trim().toLowerCase())
    .some((word) => word !== "" && matches(word, host, port));
}

function matches(word: string, host: string, port: string): boolean {
  if (word === "*") return true;
  if (word.includes("/")) return isInRange(host, word);
  const [, named = word, wanted] = /^(.*?|\[.*\]):(\d+)$/.exec(word) ?? [];
  if (wanted !== undefined && wanted !== port && isIP(word) === 0) return false;
  const name = isIP(word) > 0 ? word : named.replace(/^\[|\]$/g, "");
  if (name.startsWith("*.")) return host.endsWith(name.slice(1));
  if (name.startsWith(".")) return host.endsWith(name);
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
}

function isInRange(host: string, range: string): boolean {
  const [base = "", bits = ""] = range.split("/");
  if (isIP(host) !== 4 || isIP(base) !== 4) return false;
  const shift = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(host) / shift) === Math.floor(numberOf(base) / shift);
}

function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
