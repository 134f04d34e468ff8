import type { ServerState } from "../server-state.ts";
import { ApiError } from "./api-error.ts";
import { handlePath } from "./handle-path.ts";
import { handleResource } from "./handle-resource.ts";
import { readBody } from "./read-body.ts";
import type { ApiAnswer, ApiRequest, Incoming, Outgoing } from "./request.ts";
import { routeOf } from "./route.ts";

/** Answers a request from somebody who may ask, once all that was written so far is on disk. Never throws. */
export async function answerRequest(
  state: ServerState,
  incoming: Incoming,
  outgoing: Outgoing,
  closing: AbortSignal,
): Promise<void> {
  try {
    const result = await dispatch(state, incoming, outgoing, closing);
    if (!result) return;
    await state.store.durable();
    sendAnswer(outgoing, result);
  } catch (error) {
    if (outgoing.headersSent) outgoing.destroy();
    else sendAnswer(outgoing, failureAnswer(error));
  }
}

async function dispatch(
  state: ServerState,
  incoming: Incoming,
  outgoing: Outgoing,
  closing: AbortSignal,
): Promise<ApiAnswer | undefined> {
  const url = new URL(incoming.url ?? "/", "https://localhost");
  const route = routeOf(url.pathname);
  const accept = incoming.headers.accept ?? "";
  if (route.type !== "resource") return handlePath(state, route, accept);
  const { group, version, plural, namespace, name, subresource } = route.target;
  const kind = state.kinds.byPlural(group, version, plural);
  if (!kind || (namespace !== undefined && !kind.namespaced))
    return handlePath(state, route, accept);
  const { contentType, body } = await readBody(incoming);
  const request: ApiRequest = {
    state,
    method: incoming.method ?? "GET",
    query: url.searchParams,
    kind,
    namespace: kind.namespaced ? namespace : "",
    name,
    subresource,
    body,
    contentType,
    accept,
    userAgent: incoming.headers["user-agent"] ?? "",
    incoming,
    outgoing,
    closing,
  };
  return handleResource(request);
}

/** Sends an answer as JSON or text. */
export function sendAnswer(outgoing: Outgoing, answer: ApiAnswer): void {
  const { code, body, warnings, contentType } = answer;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const plain = typeof body === "string" ? "text/plain; charset=utf-8" : "application/json";
  for (const warning of warnings ?? [])
    outgoing.appendHeader("Warning", `299 - ${JSON.stringify(warning)}`);
  outgoing.writeHead(code, {
    "content-type": contentType ?? plain,
    "content-length": Buffer.byteLength(text),
  });
  outgoing.end(text);
}

/** What is answered when answering went wrong. */
export function failureAnswer(error: unknown): ApiAnswer {
  if (error instanceof ApiError) return { code: error.code, body: error.body };
  const text = error instanceof Error ? error.message : String(error);
  const bug = new ApiError(500, "InternalError", `Internal error occurred: ${text}`, {
    causes: [{ reason: "", message: text }],
  });
  return { code: 500, body: bug.body };
}
