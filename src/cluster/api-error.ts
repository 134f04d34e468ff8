import { X509Certificate } from "node:crypto";
import { ClusterError, type ClusterErrorKind, type FieldConflict } from "../model/cluster.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import { realClock } from "../model/real-clock.ts";
import type { Answer } from "./http/exchange.ts";
import { judge, mayCome } from "./http/retry.ts";
import { CallFailure } from "./http/send-again.ts";
import { type StatusBody, statusOf } from "./http/status-body.ts";

/** What a failed call was about. */
export interface Subject {
  /** The object, where there is one. */
  readonly ref?: ObjectRef;
  /** What was tried, in the words of RBAC: `get`, `list`, `create`, `patch`, … */
  readonly verb: string;
  /** What it was tried on, for people: `StatefulSet galera`, `ConfigMaps in namespace db`. */
  readonly what: string;
  readonly namespace?: string | undefined;
  /** Name of the user as the configuration has it. */
  readonly user: string | undefined;
  /** PEM of the client certificate, if that is how the user is known. */
  readonly certificate?: string | undefined;
  /** `host:port`. */
  readonly host: string;
}

/** What is said about an answer. */
interface Verdict {
  readonly kind: ClusterErrorKind;
  readonly message: string;
  readonly hint?: string;
  readonly transient?: boolean;
  readonly immutable?: boolean;
  readonly conflicts?: readonly FieldConflict[];
}

/** The ClusterError for an answer that is not a success; `uncertain`: the write may have been carried out. */
export function answerError(answer: Answer, subject: Subject, uncertain = false): ClusterError {
  const status = statusOf(answer.body);
  const verdict = status === undefined ? bare(answer, subject) : judged(answer, status, subject);
  return new ClusterError(verdict.kind, verdict.message, {
    status: answer.status,
    uncertain: uncertain || (isPerhapsDone(answer) && isWrite(subject)),
    transient: verdict.transient ?? false,
    immutable: verdict.immutable ?? false,
    ...(subject.ref && { ref: subject.ref }),
    ...(verdict.conflicts && { conflicts: verdict.conflicts }),
    ...(verdict.hint !== undefined && { hint: verdict.hint }),
  });
}

/** The ClusterError for a call without an answer; anything else is handed back as it is. */
export function failureError(error: unknown, subject: Subject): unknown {
  if (!(error instanceof CallFailure)) return error;
  const { host, what, verb } = subject;
  const details = {
    cause: error,
    uncertain: error.uncertain,
    ...(subject.ref && { ref: subject.ref }),
  };
  const left = error.uncertain ? "; it is not known whether it was carried out" : "";
  switch (error.reason) {
    case "unreachable":
      return new ClusterError("unreachable", `cannot reach ${host}: ${causeText(error)}`, {
        ...details,
        transient: true,
        hint: "check that the cluster runs, and that --context and --kubeconfig name the right one",
      });
    case "tls":
      return new ClusterError("unreachable", `${host} is not trusted: ${tlsText(error)}`, {
        ...details,
        hint: tlsHint(error),
      });
    case "timeout":
      return new ClusterError("timeout", `${verb} ${what}: ${error.message}${left}`, {
        ...details,
        transient: true,
        hint: "allow more with --request-timeout, or see how the API server is doing",
      });
    case "lost":
      return new ClusterError("unavailable", `${verb} ${what}: ${error.message}${left}`, {
        ...details,
        transient: true,
      });
  }
}

function isPerhapsDone(answer: Answer): boolean {
  const outcome = judge(answer);
  return outcome === "perhaps-done" || outcome === "failing";
}

function isWrite(subject: Subject): boolean {
  return !["get", "list", "watch"].includes(subject.verb);
}

/** An answer without a Status: of a proxy, a load balancer, or of a path that nobody serves. */
function bare(answer: Answer, subject: Subject): Verdict {
  const { status } = answer;
  const text = answer.body.trim().split("\n", 1)[0]?.slice(0, 200) ?? "";
  const message = `${subject.verb} ${subject.what}: ${subject.host} answered ${status}${text === "" ? "" : `: ${text}`}`;
  if (status === 404)
    return {
      kind: "not-served",
      message: `the server does not serve ${subject.ref?.apiVersion ?? subject.what}`,
      hint: "install its CustomResourceDefinition, or see kplan init",
    };
  if (status === 401) return unauthorized(subject);
  if (status === 403) return { kind: "forbidden", message };
  if (status === 429 || status >= 500) return { kind: "unavailable", message, transient: true };
  return { kind: "other", message };
}

function judged(answer: Answer, status: StatusBody, subject: Subject): Verdict {
  const { what, verb } = subject;
  const text = status.message;
  const said = `${verb} ${what}: ${text}`;
  if (
    text.startsWith("failed to create typed patch object") ||
    /failed to convert new object/.test(text)
  )
    return { kind: "invalid", message: `${what}: ${text.replace(/^[^:]*: /, "")}` };
  const webhook = webhookVerdict(text, subject);
  if (webhook !== undefined) return webhook;
  switch (answer.status) {
    case 400:
    case 415:
      return { kind: "invalid", message: `${what}: ${text}` };
    case 401:
      return unauthorized(subject);
    case 403:
      return forbidden(status, subject);
    case 404:
      return notFound(status, subject);
    case 405:
      return { kind: "not-served", message: said };
    case 409:
      return conflict(status, subject);
    case 410:
      return { kind: "gone", message: said, transient: true };
    case 413:
      return { kind: "invalid", message: `${what} is too large for the server: ${text}` };
    case 422:
      return invalid(status, subject);
    case 429:
    case 502:
    case 503:
      return {
        kind: "unavailable",
        message: `${verb} ${what}: the server is busy: ${text}`,
        transient: true,
      };
    case 504:
      return { kind: "timeout", message: said, transient: true };
    default: {
      const transient = judge(answer) !== "failing";
      return { kind: transient ? "unavailable" : "other", message: said, transient };
    }
  }
}

function webhookVerdict(text: string, { verb, what }: Subject): Verdict | undefined {
  const denied = /admission webhook "([^"]+)" denied the request/.exec(text);
  if (denied !== null) return { kind: "webhook", message: `${verb} ${what}: ${text}` };
  const failed = /failed (?:calling|to call) (?:admission )?webhook "([^"]+)":? ?(.*)/s.exec(text);
  if (failed === null) return undefined;
  const [, name = "", why = ""] = failed;
  const service = /https:\/\/([^./]+)\.([^./]+)\.svc\b/.exec(why);
  const served = service === null ? "" : ` (Service ${service[2]}/${service[1]})`;
  return {
    kind: "webhook",
    message: `${verb} ${what}: the admission webhook ${name}${served} cannot be asked: ${why}`,
    hint: `start what serves it, or delete its webhook configuration: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations -o name`,
    transient: mayCome(text),
  };
}

function unauthorized(subject: Subject): Verdict {
  const who = subject.user ?? "the user";
  const expired = subject.certificate && expiryOf(subject.certificate);
  if (expired)
    return {
      kind: "unauthorized",
      message: `${subject.host} does not accept ${who}: the client certificate expired on ${expired}`,
      hint: "get a new kubeconfig",
    };
  return {
    kind: "unauthorized",
    message: `${subject.host} does not know ${who}: the token or certificate is not accepted`,
    hint: "log in again, or choose another user with --context",
  };
}

function expiryOf(pem: string): string | undefined {
  try {
    const { validTo } = new X509Certificate(pem);
    return Date.parse(validTo) < realClock.now().getTime() ? validTo : undefined;
  } catch {
    return undefined;
  }
}

function forbidden(status: StatusBody, subject: Subject): Verdict {
  const text = status.message;
  const { what, namespace } = subject;
  const terminating = status.details?.causes.some(
    (cause) => cause.reason === "NamespaceTerminating",
  );
  if (terminating || text.includes("because it is being terminated"))
    return {
      kind: "terminating",
      message: `${what} cannot be created: namespace ${namespace ?? ""} is being deleted`,
      hint: `wait until it is gone: kubectl wait --for=delete namespace/${namespace ?? "NAME"}`,
    };
  const quota = /exceeded quota: (.*)/s.exec(text);
  if (quota !== null)
    return {
      kind: "quota",
      message: `${what} exceeds the quota ${quota[1]}`,
      hint: `kubectl describe resourcequota${namespace === undefined ? "" : ` -n ${namespace}`}`,
    };
  const right =
    /User "(.*?)" cannot (\S+) resource "(.*?)" in API group "(.*?)" (?:in the namespace "(.*?)"|at the cluster scope)/.exec(
      text,
    );
  if (right === null) return notByRights(text, subject);
  const [, user = "", verb = "", resource = "", group = "", inside] = right;
  const where = inside === undefined ? "in the whole cluster" : `in namespace ${inside}`;
  const full = group === "" ? resource : `${resource}.${group}`;
  return {
    kind: "forbidden",
    message: `user ${user} may not ${verb} ${full} ${where}${subject.ref === undefined ? "" : ` (${what})`}`,
    hint: "docs/rbac.md lists the rights that kplan needs",
  };
}

function notFound(status: StatusBody, subject: Subject): Verdict {
  const { details } = status;
  const name = details?.name ?? "";
  if (name === "")
    return {
      kind: "not-served",
      message: `the server does not serve ${subject.ref?.kind ?? subject.what} of ${subject.ref?.apiVersion ?? "this version"}`,
      hint: "install its CustomResourceDefinition, or see kplan init",
    };
  if (details?.kind === "namespaces" && subject.ref?.kind !== "Namespace")
    return {
      kind: "not-found",
      message: `there is no namespace ${name} (${subject.what})`,
      hint: `kubectl create namespace ${name}, or give --create-namespace`,
    };
  return { kind: "not-found", message: `there is no ${subject.what}${inNamespace(subject)}` };
}

function conflict(status: StatusBody, subject: Subject): Verdict {
  const { what } = subject;
  if (status.reason === "AlreadyExists")
    return {
      kind: "already-exists",
      message: status.message.includes("being deleted")
        ? `${what}${inNamespace(subject)} exists already and is being deleted`
        : `${what}${inNamespace(subject)} exists already`,
    };
  const conflicts = (status.details?.causes ?? [])
    .filter((cause) => cause.reason === "FieldManagerConflict")
    .map((cause) => ({ manager: managerIn(cause.message), field: cause.field }));
  if (conflicts.length > 0)
    return {
      kind: "conflict",
      message: `${ownersText(conflicts, what)}`,
      hint: "leave the fields out of the template, or take them with --force-conflicts",
      conflicts,
    };
  if (status.message.includes("no existing object was found"))
    return { kind: "not-found", message: `there is no ${what}${inNamespace(subject)}` };
  const remade = /\bUID\b|uid mismatch/.test(status.message);
  return {
    kind: "conflict",
    message: `${what}${inNamespace(subject)} was ${remade ? "deleted and made anew" : "changed"} by somebody else meanwhile`,
  };
}

/** `conflict with "kubectl-client-side-apply" using apps/v1 at 2021-…`: the first quoted word is the manager. */
function managerIn(message: string): string {
  return /conflict with "((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? message;
}

/** `a owns .spec.x and .spec.y of Deployment z; b owns .spec.u`: each manager once. */
function ownersText(conflicts: readonly FieldConflict[], what: string): string {
  const managers = [...new Set(conflicts.map((conflict) => conflict.manager))];
  return managers
    .map((manager) => {
      const fields = conflicts.filter((one) => one.manager === manager).map((one) => one.field);
      return `${manager} owns ${fields.join(", ")} of ${what}`;
    })
    .join("; ");
}

function invalid(status: StatusBody, subject: Subject): Verdict {
  const { what } = subject;
  const causes = status.details?.causes ?? [];
  // An apply that carries another uid: the object was deleted and made anew since it was read.
  if (causes.length > 0 && causes.every((cause) => cause.field === "metadata.uid"))
    return {
      kind: "conflict",
      message: `${what}${inNamespace(subject)} was deleted and made anew by somebody else meanwhile`,
    };
  if (causes.length === 0) return { kind: "invalid", message: `${what}: ${status.message}` };
  const texts = new Set(causes.map((cause) => `${cause.field}: ${withoutDump(cause.message)}`));
  const immutable = causes.some((cause) => IMMUTABLE.test(cause.message));
  return {
    kind: "invalid",
    message: `${what} is invalid: ${[...texts].join("; ")}`,
    ...(immutable && {
      immutable,
      hint: "this field cannot be changed on an existing object: it must be deleted and created anew",
    }),
  };
}

/** How the API server says that a field may not change, kind by kind. */
const IMMUTABLE =
  /immutable|updates to .* are forbidden|may not change once set|may not change fields other than|may not be changed in an update|cannot change roleRef/;

/** What no right would allow. */
function notByRights(text: string, { verb, what }: Subject): Verdict {
  if (/only dynamically provisioned pvc can be resized/.test(text))
    return {
      kind: "invalid",
      message: `${what} cannot grow: its StorageClass does not allow it, or its volume was not made by one`,
      hint: "see `kubectl get storageclass` (ALLOWVOLUMEEXPANSION); else move the data to a larger claim",
    };
  return { kind: "forbidden", message: `${verb} ${what}: ${text}` };
}

/** A server of Go prints the whole pod template that it refuses, environment and all; only the reason after it says anything. */
function withoutDump(message: string): string {
  return message.replace(/^Invalid value: [\w.[\]*&]*\{.*\}: /s, "");
}

function inNamespace({ namespace }: Subject): string {
  return namespace === undefined ? "" : ` in namespace ${namespace}`;
}

function causeText(error: CallFailure): string {
  const { cause } = error;
  const code = codeOf(cause instanceof Error && cause.cause !== undefined ? cause.cause : cause);
  return CODES[code] ?? error.message;
}

const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name cannot be looked up now",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to its network",
};

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  // Several addresses were tried (happy eyeballs): the first failure speaks for all.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return "code" in error && typeof error.code === "string" ? error.code : "";
}

const TLS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet; is this machine's clock right?",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed and not the kubeconfig's",
  SELF_SIGNED_CERT_IN_CHAIN:
    "its certificate was signed by an authority that the kubeconfig does not name",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "its certificate was signed by an authority that the kubeconfig does not name",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "its certificate was signed by an authority that the kubeconfig does not name",
  CERT_SIGNATURE_FAILURE: "its certificate was signed by another authority of the same name",
};

function tlsText(error: CallFailure): string {
  const code = codeOf(error.cause);
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "its certificate is for other names";
  if (code === "EPROTO" || code === "ERR_SSL_WRONG_VERSION_NUMBER")
    return `TLS failed: ${error.message}`;
  return TLS[code] ?? error.message;
}

function tlsHint(error: CallFailure): string {
  const code = codeOf(error.cause);
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return "name the host as the certificate does, or set tls-server-name in the kubeconfig";
  if (code === "CERT_HAS_EXPIRED") return "the API server's certificate must be renewed";
  return "check certificate-authority-data in the kubeconfig; a proxy on the way may show its own certificate";
}
