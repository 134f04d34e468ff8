import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import type { Exchange } from "../../src/cluster/http/exchange.ts";
import { startServer } from "../../src/embedded/start-server.ts";
import { connectionOf } from "./connection-of.ts";
import { wayTo } from "./serve-in-process.ts";

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  /** JSON as read; a text when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What a watch told. */
export interface WatchLine {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly object: any;
}

/** A raw HTTPS client of an API server; knows no more of Kubernetes than content types. */
export interface Api {
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
  readonly post: (path: string, body: unknown) => Promise<Answer>;
  readonly put: (path: string, body: unknown) => Promise<Answer>;
  readonly delete: (path: string, body?: unknown) => Promise<Answer>;
  readonly patch: (path: string, type: PatchType, body: unknown) => Promise<Answer>;
  /** Server-side apply as a manager; further parameters as in a URL. */
  readonly apply: (
    path: string,
    body: unknown,
    options?: { manager?: string; force?: boolean; query?: string },
  ) => Promise<Answer>;
  readonly send: (
    method: string,
    path: string,
    body: string | undefined,
    headers: Record<string, string>,
  ) => Promise<Answer>;
  /** Lines of a watch until it ends or the caller leaves the loop. */
  readonly watch: (path: string) => AsyncGenerator<WatchLine>;
  readonly close: () => void;
}

/** Kinds of patches by the word in their media type. */
export type PatchType = "json-patch" | "merge-patch" | "strategic-merge-patch";

/** A client for the current context of a kubeconfig (its text). */
export function openApi(kubeconfig: string): Api {
  const { server, options, headers: own } = connectionOf(kubeconfig);
  const agent = new Agent({ ...options, keepAlive: true });
  const closing = new AbortController();
  const start = (method: string, path: string, headers: Record<string, string>) => {
    const all = { ...own, ...headers };
    return request(new URL(path, server), { agent, method, headers: all });
  };
  const way = wayTo(new URL(server));
  const within = (method: string, path: string, body: string | undefined, headers: object) => ({
    ...{ method, url: new URL(path, server), body, agent },
    headers: { ...own, ...headers },
    ...{ connectWithin: 10_000, silence: 600_000, signal: closing.signal },
  });
  const sendWithin: Api["send"] = async (method, path, body, headers) => {
    const given = body === undefined ? {} : { "content-length": `${Buffer.byteLength(body)}` };
    const asked = within(method, path, body, { ...headers, ...given });
    const answer = await (way as Exchange).exchange(asked);
    return { status: answer.status, headers: answer.headers, body: parse(answer.body) };
  };
  const sendOver: Api["send"] = (method, path, body, headers) =>
    new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { "content-length": `${Buffer.byteLength(body)}` };
      const call = start(method, path, { ...headers, ...length });
      call.on("error", reject);
      call.on("response", async (response) => {
        let text = "";
        for await (const chunk of response.setEncoding("utf8")) text += chunk;
        resolve({
          status: response.statusCode ?? 0,
          body: parse(text),
          headers: response.headers,
        });
      });
      call.end(body);
    });
  const send = way ? sendWithin : sendOver;
  const chunksOver = async (path: string): Promise<AsyncIterable<string>> => {
    const call = start("GET", path, {});
    call.end();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      call.on("response", resolve);
      call.on("error", reject);
    });
    return response.setEncoding("utf8");
  };
  const chunksWithin = async (path: string): Promise<AsyncIterable<Buffer>> =>
    (await (way as Exchange).open(within("GET", path, undefined, {}))).chunks;
  const json =
    (method: string) =>
    (path: string, body?: unknown): Promise<Answer> =>
      send(method, path, body === undefined ? undefined : JSON.stringify(body), {
        "content-type": "application/json",
      });
  return {
    get: (path, headers = {}) => send("GET", path, undefined, headers),
    post: json("POST"),
    put: json("PUT"),
    delete: json("DELETE"),
    patch: (path, type, body) =>
      send("PATCH", path, JSON.stringify(body), { "content-type": `application/${type}+json` }),
    apply: (path, body, { manager = "test", force = false, query = "" } = {}) =>
      send(
        "PATCH",
        `${path}?fieldManager=${manager}${force ? "&force=true" : ""}${query && `&${query}`}`,
        JSON.stringify(body),
        { "content-type": "application/apply-patch+yaml" },
      ),
    send,
    watch: async function* (path) {
      let rest = "";
      for await (const chunk of await (way ? chunksWithin(path) : chunksOver(path))) {
        const lines = `${rest}${chunk}`.split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) yield JSON.parse(line);
      }
    },
    close: () => {
      closing.abort(new Error("closed"));
      agent.destroy();
    },
  };
}

/** The server under test, and a namespace of its own. */
export interface Target {
  readonly api: Api;
  readonly namespace: string;
  /** A real kube-apiserver. */
  readonly real: boolean;
  /** Minor version of Kubernetes, as the server says. */
  readonly minor: number;
  readonly close: () => Promise<void>;
}

/**
 * The target of the conformance suite: an embedded server in this process, or with `KPLAN_CONFORMANCE=real` the cluster
 * that KUBECONFIG names, in a new namespace that `close` deletes.
 */
export async function openTarget(): Promise<Target> {
  const real = process.env.KPLAN_CONFORMANCE === "real";
  const server = real ? undefined : await startServer({ controllers: false });
  const text = server ? server.kubeconfig() : readFileSync(process.env.KUBECONFIG ?? "", "utf8");
  const api = openApi(text);
  const namespace = `kp-embed-${randomBytes(4).toString("hex")}`;
  await api.post("/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace },
  });
  const { body } = await api.get("/version");
  return {
    api,
    namespace,
    real,
    minor: Number.parseInt(body.minor, 10),
    close: async () => {
      await api.delete(`/api/v1/namespaces/${namespace}`);
      api.close();
      await server?.close();
    },
  };
}

/** Asks again until the answer satisfies; fails after 20 s, or as long as is said. */
export async function eventually<T>(
  ask: () => Promise<T>,
  satisfies: (answer: T) => boolean,
  within = 20_000,
): Promise<T> {
  const end = Date.now() + within;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (Date.now() > end) throw new Error(`still not: ${JSON.stringify(answer).slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
