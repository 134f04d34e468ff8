import type { ServedKind } from "../kinds/served-kind.ts";

/** Body of a failed answer (Kubernetes API, meta/v1 Status). */
export interface StatusBody {
  readonly kind: "Status";
  readonly apiVersion: "v1";
  readonly metadata: Record<string, never>;
  readonly status: "Failure";
  readonly message: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code: number;
}

/** What a failed answer is about. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** One of several reasons of a failure. */
export interface StatusCause {
  readonly reason?: string;
  readonly message: string;
  readonly field?: string;
}

/** A refusal by the API, with the body that the client gets. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  /** The Status object of this failure. */
  get body(): StatusBody {
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: this.message,
      ...(this.reason && { reason: this.reason }),
      ...(this.details && { details: this.details }),
      code: this.code,
    };
  }
}

/** 404: there is no such object. */
export function notFound(kind: ServedKind, name: string): ApiError {
  return new ApiError(
    404,
    "NotFound",
    `${resourceText(kind)} "${name}" not found`,
    about(kind, name),
  );
}

/** 404: nothing is served under this path. */
export function noSuchResource(): ApiError {
  return new ApiError(404, "NotFound", "the server could not find the requested resource", {});
}

/** 409 on creation. */
export function alreadyExists(kind: ServedKind, name: string): ApiError {
  return new ApiError(
    409,
    "AlreadyExists",
    `${resourceText(kind)} "${name}" already exists`,
    about(kind, name),
  );
}

/** 409: what was expected of the stored object does not hold. */
export function conflict(kind: ServedKind, name: string, why: string): ApiError {
  return new ApiError(
    409,
    "Conflict",
    `Operation cannot be fulfilled on ${resourceText(kind)} "${name}": ${why}`,
    about(kind, name),
  );
}

/** 409: the given resourceVersion is not the stored one. */
export function staleVersion(kind: ServedKind, name: string): ApiError {
  return conflict(
    kind,
    name,
    "the object has been modified; please apply your changes to the latest version and try again",
  );
}

/** 400. */
export function badRequest(message: string): ApiError {
  return new ApiError(400, "BadRequest", message);
}

/** 403: not now, or not at all. */
export function forbidden(
  kind: ServedKind,
  name: string,
  why: string,
  causes?: readonly StatusCause[],
): ApiError {
  return new ApiError(403, "Forbidden", `${resourceText(kind)} "${name}" is forbidden: ${why}`, {
    ...about(kind, name),
    ...(causes && { causes }),
  });
}

/** 405: the resource does not know this verb. */
export function methodNotAllowed(): ApiError {
  return new ApiError(
    405,
    "MethodNotAllowed",
    "the server does not allow this method on the requested resource",
    {},
  );
}

/** 410: the version is older than what is remembered. */
export function expired(message: string): ApiError {
  return new ApiError(410, "Expired", message);
}

/** 415, naming what is accepted. */
export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  return new ApiError(
    415,
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  );
}

/** One finding of validation, in the words of k8s.io/apimachinery's field errors. */
export interface FieldProblem {
  /** E.g. `spec.template.spec.containers[0].name`. */
  readonly field: string;
  readonly reason:
    | "FieldValueRequired"
    | "FieldValueInvalid"
    | "FieldValueNotSupported"
    | "FieldValueDuplicate"
    | "FieldValueForbidden"
    | "FieldValueTypeInvalid"
    | "FieldValueTooLong"
    | "FieldValueTooMany"
    | "FieldValueNotFound";
  /** Without the field, e.g. `Required value`. */
  readonly message: string;
}

/** 422 with every problem found. */
export function invalid(
  kind: Pick<ServedKind, "group" | "kind">,
  name: string,
  problems: readonly FieldProblem[],
): ApiError {
  const texts = [...new Set(problems.map((problem) => `${problem.field}: ${problem.message}`))];
  const text = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  const qualified = kind.group ? `${kind.kind}.${kind.group}` : kind.kind;
  return new ApiError(422, "Invalid", `${qualified} "${name}" is invalid: ${text}`, {
    ...(name && { name }),
    ...(kind.group && { group: kind.group }),
    kind: kind.kind,
    causes: problems.map(({ reason, message, field }) => ({ reason, message, field })),
  });
}

/** `statefulsets.apps`: how messages name a resource. */
function resourceText(kind: Pick<ServedKind, "group" | "plural">): string {
  return kind.group ? `${kind.plural}.${kind.group}` : kind.plural;
}

function about(kind: ServedKind, name: string): StatusDetails {
  return { name, ...(kind.group && { group: kind.group }), kind: kind.plural };
}
