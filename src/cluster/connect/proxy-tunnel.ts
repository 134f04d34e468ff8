import { request as httpRequest } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { connect as netConnect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type ConnectionOptions, connect as tlsConnect } from "node:tls";
import { ExchangeFailure } from "../http/exchange.ts";
import { socks5 } from "./socks5.ts";

/** Opens a TLS connection through a proxy: CONNECT for `http:` and `https:` (RFC 9110 section 9.3.6), SOCKS5 for `socks5:`. */
export function tunnel(
  proxy: URL,
  options: RequestOptions,
  done: ((error: Error | null, stream: Duplex) => void) | undefined,
): void {
  const host = options.host ?? "";
  const port = Number(options.port ?? 443);
  const fail = (why: string, cause?: unknown): void => {
    const error = new ExchangeFailure("unsent", `proxy ${proxy.host}: ${why}`, { cause });
    (done as ((error: Error) => void) | undefined)?.(error);
  };
  const secure = (socket: Socket): void => {
    const stream = tlsConnect({ ...(options as ConnectionOptions), socket });
    const early = (error: Error): void => {
      (done as ((error: Error) => void) | undefined)?.(error);
    };
    stream.once("error", early);
    stream.once("secureConnect", () => {
      stream.off("error", early);
      done?.(null, stream);
    });
  };
  if (proxy.protocol.startsWith("socks")) {
    const socket = netConnect(Number(proxy.port || 1080), bare(proxy.hostname));
    socks5(socket, { host, port, proxy }).then(secure, (error: unknown) => {
      socket.destroy();
      fail(error instanceof Error ? error.message : String(error), error);
    });
    return;
  }
  const begin = proxy.protocol === "https:" ? httpsRequest : httpRequest;
  const authority = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  const asking = begin({
    host: bare(proxy.hostname),
    port: proxy.port || (proxy.protocol === "https:" ? 443 : 80),
    method: "CONNECT",
    path: authority,
    agent: false,
    timeout: 10_000,
    headers: { host: authority, ...proxyAuthorization(proxy) },
  });
  asking.once("timeout", () => asking.destroy(new Error("no answer within 10 s")));
  asking.once("error", (error) => fail(error.message, error));
  asking.once("response", (answer) => {
    answer.resume();
    fail(`it answered CONNECT with ${answer.statusCode}`);
  });
  asking.once("connect", (answer, socket) => {
    if (answer.statusCode === 200) {
      socket.setTimeout(0);
      return secure(socket);
    }
    socket.destroy();
    fail(`it refused the connection to ${authority} with ${answer.statusCode}`);
  });
  asking.end();
}

function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === "") return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** A URL's host without the brackets of an IPv6 address. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}
