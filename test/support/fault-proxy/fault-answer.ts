import type { AsksFor } from "./api-request.ts";
import type { Fault } from "./choose-fault.ts";

/** An answer in place of the server's. */
export interface FaultAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Faults that are answers. */
export type AnsweredFault = Extract<
  Fault,
  "conflict" | "expired" | "busy" | "internal" | "unavailable"
>;

/** What kube-apiserver (or what stands before it) says; `n` makes one choice of several texts. */
export function faultAnswer(fault: AnsweredFault, asks: AsksFor, n: number): FaultAnswer {
  switch (fault) {
    case "conflict":
      return conflict(asks);
    case "expired":
      return status(410, "Expired", EXPIRED[asks.verb === "list" ? "list" : "watch"]);
    case "busy":
      // Too many requests in flight: a filter answers, and knows no Status (apiserver/pkg/server/filters/maxinflight.go).
      return {
        status: 429,
        headers: { "content-type": "text/plain; charset=utf-8", "retry-after": "1" },
        body: "Too many requests, please try again later.",
      };
    case "internal":
      return [
        status(500, undefined, "etcdserver: request timed out"),
        status(
          500,
          "InternalError",
          "Internal error occurred: resource quota evaluation timed out",
        ),
        status(500, undefined, "rpc error: code = Unavailable desc = transport is closing"),
        text(500, "This request caused apiserver to panic. Look in the logs for details."),
      ][n % 4] as FaultAnswer;
    case "unavailable":
      return [
        status(503, "ServiceUnavailable", "the server is currently unable to handle the request"),
        // A load balancer whose servers are all away.
        text(503, "<html><body><h1>503 Service Unavailable</h1></body></html>", "text/html"),
      ][n % 2] as FaultAnswer;
  }
}

/** A message in a watch's stream that ends it: the version is too old to go on from. */
export const STALE_WATCH: string = `${JSON.stringify({
  type: "ERROR",
  object: statusBody(410, "Expired", "too old resource version: 1 (2)"),
})}\n`;

const EXPIRED = {
  watch: "too old resource version: 1 (2)",
  list: "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.",
};

function conflict(asks: AsksFor): FaultAnswer {
  // Of a new object, two can only have met on the quota of its namespace.
  const { group, resource, name } =
    asks.verb === "create" ? { group: "", resource: "resourcequotas", name: "quota" } : asks;
  const what = group === "" ? resource : `${resource}.${group}`;
  const why =
    "the object has been modified; please apply your changes to the latest version and try again";
  return status(409, "Conflict", `Operation cannot be fulfilled on ${what} "${name}": ${why}`, {
    name,
    ...(group && { group }),
    kind: resource,
  });
}

function status(
  code: number,
  reason: string | undefined,
  message: string,
  details?: object,
): FaultAnswer {
  return {
    status: code,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(statusBody(code, reason, message, details)),
  };
}

function statusBody(
  code: number,
  reason: string | undefined,
  message: string,
  details?: object,
): object {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    ...(reason && { reason }),
    ...(details && { details }),
    code,
  };
}

function text(status: number, body: string, type = "text/plain; charset=utf-8"): FaultAnswer {
  return { status, headers: { "content-type": type }, body };
}
