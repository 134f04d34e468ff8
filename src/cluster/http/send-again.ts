import { assertNever } from "../../model/assert-never.ts";
import type { Clock } from "../../model/clock.ts";
import type { Budget } from "./budget.ts";
import { type Answer, ExchangeFailure } from "./exchange.ts";
import { pause } from "./pause.ts";
import { judge, retryAfter } from "./retry.ts";

/** The last answer to a request. */
export interface Reply extends Answer {
  /** An attempt before the last one was perhaps carried out: an "exists already" may be our own work. */
  readonly repeated: boolean;
}

/** No answer at all within the request's budget. */
export class CallFailure extends Error {
  override readonly name = "CallFailure";
  readonly reason: "unreachable" | "tls" | "timeout" | "lost";
  /** Not known whether it was carried out. */
  readonly uncertain: boolean;

  constructor(reason: CallFailure["reason"], message: string, uncertain: boolean, cause: unknown) {
    super(message, { cause });
    this.reason = reason;
    this.uncertain = uncertain;
  }
}

/** How one attempt is to be made. */
export interface AttemptHow {
  /** Get new credentials first: the server has just refused the ones before. */
  readonly renew: boolean;
  /** To be called once the server may have got the request. */
  readonly onSent: () => void;
}

/** What decides whether a request is sent again. */
export interface AgainRules {
  readonly budget: Budget;
  readonly clock: Clock;
  /** It changes nothing. */
  readonly reads: boolean;
  /** It may be sent again when it was perhaps carried out. */
  readonly repeatable: boolean;
  /** `host:port`, for messages. */
  readonly host: string;
  /** Milliseconds to wait after the n-th attempt. */
  readonly wait: (n: number) => number;
  /** Milliseconds for which a connection is tried again that does not come about. */
  readonly connectFor: number;
}

/** Times that a request is sent again after a plain 500. */
const FAILING_AGAIN = 4;

/** How an attempt ended. */
type Ended = { readonly answer: Answer } | { readonly failure: ExchangeFailure };

/**
 * Makes attempts until one answer is final, or another attempt would do harm or come too late; then the last answer counts, whatever it says.
 * Throws CallFailure when there is none, and whatever else an attempt throws.
 */
export async function sendAgain(
  attempt: (how: AttemptHow) => Promise<Answer>,
  rules: AgainRules,
): Promise<Reply> {
  const { budget, clock } = rules;
  let perhaps = false;
  let renew: "not yet" | "now" | "done" = "not yet";
  let underWay = false;
  let last: Ended | undefined;
  let answer: Answer | undefined;
  try {
    for (let n = 1; ; n++) {
      underWay = false;
      last = await endOf(
        attempt({
          renew: renew === "now",
          onSent: () => {
            underWay = true;
          },
        }),
      );
      underWay = false;
      if (renew === "now") renew = "done";
      if ("answer" in last && last.answer.status === 401 && renew === "not yet") {
        renew = "now";
        continue;
      }
      if ("answer" in last) answer = last.answer;
      const before = perhaps;
      perhaps ||= isPerhapsDone(last);
      if (!isWorthAgain(last, n, rules)) {
        if ("answer" in last) return { ...last.answer, repeated: before };
        break;
      }
      const asked = "answer" in last ? (retryAfter(last.answer, clock.now().getTime()) ?? 0) : 0;
      const wait = Math.max(asked, rules.wait(n));
      if (wait >= budget.remaining()) break;
      await pause(clock, wait, budget.signal);
    }
  } catch (error) {
    if (!budget.over()) throw error;
    // The time ran out in the middle of an attempt: what the server said before is the best explanation.
    if (underWay) {
      perhaps = true;
      last = undefined;
    }
  }
  const failure = last !== undefined && "failure" in last ? last.failure : undefined;
  if (failure === undefined && answer !== undefined) return { ...answer, repeated: perhaps };
  throw callFailure(failure, budget, rules.host, !rules.reads && perhaps);
}

async function endOf(attempt: Promise<Answer>): Promise<Ended> {
  try {
    return { answer: await attempt };
  } catch (error) {
    if (error instanceof ExchangeFailure) return { failure: error };
    throw error;
  }
}

function isPerhapsDone(ended: Ended): boolean {
  if ("failure" in ended) return ended.failure.phase === "sent";
  const outcome = judge(ended.answer);
  return outcome === "perhaps-done" || outcome === "failing";
}

function isWorthAgain(ended: Ended, n: number, rules: AgainRules): boolean {
  if ("failure" in ended) {
    const { phase, timedOut } = ended.failure;
    if (phase === "tls") return false;
    if (phase === "sent") return rules.repeatable;
    if (rules.connectFor === Number.POSITIVE_INFINITY) return true;
    return !timedOut && rules.budget.spent() <= rules.connectFor;
  }
  const outcome = judge(ended.answer);
  switch (outcome) {
    case "final":
      return false;
    case "not-done":
      return true;
    case "perhaps-done":
      return rules.repeatable;
    case "failing":
      return rules.repeatable && n <= FAILING_AGAIN;
    default:
      return assertNever(outcome);
  }
}

/** What is said when there was no answer: why, and whether the request may have been carried out all the same. */
function callFailure(
  failure: ExchangeFailure | undefined,
  budget: Budget,
  host: string,
  uncertain: boolean,
): CallFailure {
  const within = `${host} did not answer within ${Math.round(budget.total / 100) / 10} s`;
  if (failure === undefined) return new CallFailure("timeout", within, uncertain, undefined);
  const { phase, message, timedOut } = failure;
  if (phase === "tls") return new CallFailure("tls", message, uncertain, failure.cause);
  if (phase === "unsent") return new CallFailure("unreachable", message, uncertain, failure);
  if (timedOut || budget.over()) return new CallFailure("timeout", within, uncertain, failure);
  return new CallFailure("lost", `the connection broke: ${message}`, uncertain, failure);
}
