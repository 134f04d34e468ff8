import { isMap } from "../../model/json.ts";

/** What kplan reads of a Status, the body of an error answer (Kubernetes API, meta/v1 Status). */
export interface StatusBody {
  readonly message: string;
  readonly reason: string;
  readonly code: number;
  readonly details:
    | {
        readonly name: string;
        readonly kind: string;
        readonly group: string;
        readonly retryAfterSeconds: number | undefined;
        readonly causes: readonly StatusCause[];
      }
    | undefined;
}

/** One cause in a Status. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** The Status in a body, or undefined when the body is something else (an answer of a proxy, plain text). */
export function statusOf(body: string): StatusBody | undefined {
  if (!body.startsWith("{")) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  return asStatus(value);
}

/** The same of a body that was parsed already, e.g. the object of an ERROR event of a watch. */
export function asStatus(value: unknown): StatusBody | undefined {
  if (!isMap(value) || value.kind !== "Status") return undefined;
  return {
    message: withoutBody(text(value.message)),
    reason: text(value.reason),
    code: typeof value.code === "number" ? value.code : 0,
    details: detailsOf(value.details),
  };
}

function detailsOf(value: unknown): StatusBody["details"] {
  if (!isMap(value)) return undefined;
  const seconds = value.retryAfterSeconds;
  return {
    name: text(value.name),
    kind: text(value.kind),
    group: text(value.group),
    retryAfterSeconds: typeof seconds === "number" ? seconds : undefined,
    causes: Array.isArray(value.causes) ? value.causes.filter(isMap).map(causeOf) : [],
  };
}

function causeOf(value: Record<string, unknown>): StatusCause {
  return {
    reason: text(value.reason),
    message: withoutBody(text(value.message)),
    field: text(value.field),
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/**
 * What a server says, without the pieces of the request that it repeats: the bytes around a value of the wrong type, or the value. They may be a Secret's,
 * and messages go into run records and terminals.
 */
function withoutBody(message: string): string {
  return message
    .replace(/, error found in #\d+ byte of [\s\S]*$/, "")
    .replace(/&value\.\w+\{[\s\S]*\}/, "another type");
}
