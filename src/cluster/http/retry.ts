import type { Answer } from "./exchange.ts";
import { statusOf } from "./status-body.ts";

/**
 * What one attempt tells about a request: `final`: there is an answer; `not-done`: surely not carried out, and worth another try;
 * `perhaps-done`: nobody knows; `failing`: the server broke on it (a plain 500): nobody knows either, and it is not asked for long.
 */
export type Outcome = "final" | "not-done" | "perhaps-done" | "failing";

/** Texts of a 500 by which etcd says that it was between leaders; the write may have been committed. */
const ETCD =
  /etcdserver: (leader changed|no leader|request timed out|too many requests|server stopped)|raft proposal dropped/;
/** A namespace gets its default account a moment after it was created; a Pod created before that is refused. */
const FRESH_NAMESPACE = /error looking up service account \S+\/default: /;
const WEBHOOK = /failed (?:calling|to call) (?:admission )?webhook/;
const WEBHOOK_MAY_COME =
  /connection refused|connection reset|no route to host|i\/o timeout|timeout|deadline exceeded|\bEOF\b|no endpoints available|TLS handshake|an error on the server|currently unable/i;
/** A 500 of old servers for an apply that they cannot read: it will never be another. */
const NOT_TYPED = /^failed to create typed patch object|failed to convert new object/;
const LOST_PEER = /GOAWAY|connection reset by peer|broken pipe|http2: client connection lost/;

/** Judges an answer (the retry list of kapp, the rules of client-go). */
export function judge(answer: Answer): Outcome {
  if (answer.status < 400) return "final";
  const status = statusOf(answer.body);
  const text = status?.message ?? "";
  switch (answer.status) {
    case 429:
      return "not-done";
    case 403:
      return FRESH_NAMESPACE.test(text) ? "not-done" : "final";
    case 503:
      // Without a Status it comes from a load balancer, which may have passed the request on.
      return status === undefined ? "perhaps-done" : "not-done";
    case 502:
    case 504:
      return "perhaps-done";
    case 409:
      // The quota controller and we met on the quota object, not on ours.
      return status?.details?.kind === "resourcequotas" ? "not-done" : "final";
    case 500:
      if (WEBHOOK.test(text)) return mayCome(text) ? "not-done" : "final";
      if (NOT_TYPED.test(text)) return "final";
      if (ETCD.test(text)) return "perhaps-done";
      if (LOST_PEER.test(text)) return "perhaps-done";
      return status?.reason === "ServerTimeout" ? "perhaps-done" : "failing";
    default:
      return "final";
  }
}

/** Whether a webhook that cannot be asked may answer later; the address that is quoted says `timeout=10s` whatever happened. */
export function mayCome(text: string): boolean {
  return WEBHOOK_MAY_COME.test(text.replace(/"https?:[^"]*"/, ""));
}

/** Milliseconds that the server asks to wait: `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3), or the Status's word. `now`: our clock, for a server that does not say its own. */
export function retryAfter(answer: Answer, now: number): number | undefined {
  const header = answer.headers["retry-after"]?.trim();
  if (header !== undefined && /^\d+$/.test(header)) return Number(header) * 1000;
  if (header) {
    const date = Date.parse(header);
    // By the server's own clock where it says it: ours may be hours off.
    const there = Date.parse(answer.headers.date ?? "");
    if (!Number.isNaN(date)) return Math.max(0, date - (Number.isNaN(there) ? now : there));
  }
  const seconds = statusOf(answer.body)?.details?.retryAfterSeconds;
  return seconds === undefined ? undefined : seconds * 1000;
}

/**
 * Milliseconds to wait before attempt `n` (the first retry is 1): exponential from `base`, at most `cap`, the upper half random,
 * so that many clients that failed together do not come back together.
 */
export function backOff(n: number, base: number, cap: number, random: () => number): number {
  const full = Math.min(cap, base * 2 ** Math.min(n - 1, 30));
  return full / 2 + (full / 2) * random();
}
