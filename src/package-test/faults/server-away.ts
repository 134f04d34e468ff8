import {
  type Exchange,
  ExchangeFailure,
  type ExchangeRequest,
  type OpenAnswer,
} from "../../cluster/http/exchange.ts";
import type { Clock } from "../../model/clock.ts";

/** Milliseconds that the API server is away: longer than one call is tried, as when a cluster's only server is replaced. */
export const AWAY_FOR = 90_000;

/** An API server that goes away, for all who ask it: connections break, and new ones are refused. */
export interface Absence {
  /** From now on, for AWAY_FOR. */
  begin(clock: Clock): void;
  /** Stands nearest to the server. */
  through(inner: Exchange, clock: Clock): Exchange;
}

/** A server that is there until it is told to be away. All clocks it is given must count from the same moment. */
export function absence(): Absence {
  let until = Number.NEGATIVE_INFINITY;
  const streams = new Set<() => void>();
  const check = (clock: Clock): void => {
    if (clock.monotonic() < until)
      throw new ExchangeFailure("unsent", "connection refused (injected)");
  };

  async function open(inner: Exchange, request: ExchangeRequest): Promise<OpenAnswer> {
    const breaking = new AbortController();
    const signal = AbortSignal.any([request.signal, breaking.signal]);
    const answer = await inner.open({ ...request, signal });
    async function* chunks(): AsyncGenerator<Buffer, void, undefined> {
      const cut = (): void =>
        breaking.abort(new ExchangeFailure("sent", "the connection broke (injected)"));
      streams.add(cut);
      try {
        yield* answer.chunks;
      } finally {
        streams.delete(cut);
      }
    }
    return { ...answer, chunks: chunks() };
  }

  return {
    begin: (clock) => {
      until = clock.monotonic() + AWAY_FOR;
      for (const cut of [...streams]) cut();
    },
    through: (inner, clock) => ({
      exchange: async (request) => {
        check(clock);
        return await inner.exchange(request);
      },
      open: async (request) => {
        check(clock);
        return await open(inner, request);
      },
      exec: async (request) => {
        check(clock);
        return await inner.exec(request);
      },
    }),
  };
}
