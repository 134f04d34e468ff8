import { Agent } from "node:http";
import { realClock } from "../../src/model/real-clock.ts";
import { inProcessExchange } from "../../src/package-test/in-process-exchange.ts";
import type { World } from "../../src/package-test/world.ts";
import type { Answer, Api } from "./api.ts";

/** What a test says to a world's server itself, as somebody who is no driver. */
export function apiInProcess({ server }: World): Pick<Api, "get" | "post" | "patch" | "delete"> {
  const exchange = inProcessExchange(server, realClock);
  const send = async (
    method: string,
    path: string,
    body?: unknown,
    type = "application/json",
  ): Promise<Answer> => {
    const answer = await exchange.exchange({
      method,
      url: new URL(path, "https://cluster"),
      headers: { "content-type": type },
      body: body === undefined ? undefined : JSON.stringify(body),
      agent: new Agent() as never,
      connectWithin: 1000,
      silence: 1000,
      signal: new AbortController().signal,
    });
    return { status: answer.status, headers: answer.headers, body: JSON.parse(answer.body) };
  };
  return {
    get: (path) => send("GET", path),
    post: (path, body) => send("POST", path, body),
    delete: (path, body) => send("DELETE", path, body),
    patch: (path, type, body) => send("PATCH", path, body, `application/${type}+json`),
  };
}
