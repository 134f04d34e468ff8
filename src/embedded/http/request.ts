import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { ServedKind } from "../kinds/served-kind.ts";
import type { ServerState, WriteContext } from "../server-state.ts";
import { badRequest } from "./api-error.ts";

/** A request as it comes in: the part of node's IncomingMessage that is read. */
export interface Incoming {
  readonly method?: string | undefined;
  /** Path and query. */
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** The body, piece by piece. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array>;
}

/** Where the answer to a request goes: the part of node's ServerResponse that is used. */
export interface Outgoing {
  readonly headersSent: boolean;
  /** Bytes that the client has not taken yet. */
  readonly writableLength: number;
  appendHeader(name: string, value: string): unknown;
  writeHead(code: number, headers: OutgoingHttpHeaders): unknown;
  flushHeaders(): void;
  write(text: string): unknown;
  end(text?: string): unknown;
  destroy(): unknown;
  /** Calls back when nothing more can be written: it was ended, or the client has gone. */
  on(event: "close", listener: () => void): unknown;
}

/** One request to a resource, as its handlers see it. */
export interface ApiRequest {
  readonly state: ServerState;
  readonly method: string;
  readonly query: URLSearchParams;
  readonly kind: ServedKind;
  /** Empty for cluster-scoped objects; undefined for all namespaces. */
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  /** The body, read as JSON or YAML; undefined when there is none. */
  readonly body: unknown;
  /** Without parameters, lower case. */
  readonly contentType: string;
  readonly accept: string;
  readonly userAgent: string;
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
  /** Aborted when the server closes. */
  readonly closing: AbortSignal;
}

/** An answer to be sent as JSON. */
export interface ApiAnswer {
  readonly code: number;
  readonly body: object | string;
  /** `application/json` for objects, plain text for texts when absent. */
  readonly contentType?: string;
  /** Texts of Warning headers (RFC 7234, code 299). */
  readonly warnings?: readonly string[];
}

/** Who writes and how, from a request's parameters. Throws ApiError 400. */
export function writeContext(request: ApiRequest, warn: (text: string) => void): WriteContext {
  const { query, userAgent, subresource } = request;
  const validation = query.get("fieldValidation");
  const onUnknown = validation === "Strict" ? "refuse" : validation === "Warn" ? "warn" : undefined;
  return {
    manager: query.get("fieldManager") || (userAgent.split("/", 1)[0] || "unknown").slice(0, 128),
    dryRun: isDryRun(query.getAll("dryRun")),
    ...((subresource === "status" || subresource === "scale") && { subresource }),
    ...(onUnknown && { onUnknown }),
    warn,
  };
}

/** Whether nothing is to be stored. Throws ApiError 400 for a word other than `All`. */
export function isDryRun(values: readonly unknown[]): boolean {
  for (const value of values)
    if (value !== "All")
      throw badRequest(
        `Invalid value: ["${String(value)}"]: Unsupported value: "${String(value)}": supported values: "All"`,
      );
  return values.length > 0;
}
