import type { Clock } from "../model/clock.ts";
import type { CallOptions } from "../model/cluster.ts";
import { isMap } from "../model/json.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { answerError, failureError, type Subject } from "./api-error.ts";
import type { Access } from "./connect/access.ts";
import type { Discovery } from "./discovery.ts";
import type { Answer } from "./http/exchange.ts";
import type { Reply } from "./http/send-again.ts";
import type { ApiRequest, Transport } from "./http/transport.ts";

/** What the operations on objects are made of. */
export interface Api {
  readonly transport: Transport;
  readonly discovery: Discovery;
  /** Milliseconds that a call may take when it does not say. */
  readonly deadline: number;
  /** Who is asking, for messages. */
  readonly who: Who;
  /** Every wait and every deadline is counted on it. */
  readonly clock: Clock;
  /** Numbers in [0, 1) for jitter. */
  readonly random: () => number;
}

/** Who is asking, for messages. */
export type Who = Pick<Subject, "user" | "host">;

/** The subject of a call about one object, or about all of a kind. */
export function about(
  api: Api,
  verb: string,
  ref: Omit<ObjectRef, "name"> & { readonly name?: string | undefined },
): Subject {
  const { name, ...rest } = ref;
  const whole = name === undefined ? undefined : { ...rest, name };
  const inside = ref.namespace === undefined ? "" : ` in namespace ${ref.namespace}`;
  return {
    ...api.who,
    verb,
    what: whole === undefined ? `${ref.kind} objects${inside}` : `${ref.kind} ${name}`,
    namespace: ref.namespace,
    ...(whole && { ref: whole }),
  };
}

/** Sends a request. The reply is a success or one of the statuses in `also`; everything else throws ClusterError. */
export async function call(
  api: Api,
  request: ApiRequest,
  subject: Subject,
  also: readonly number[] = [],
): Promise<Reply> {
  let reply: Reply;
  try {
    reply = await api.transport.send(request);
  } catch (error) {
    throw failureError(error, subject);
  }
  if (isSuccess(reply) || also.includes(reply.status)) return reply;
  throw await callError(api, reply, subject, reply.repeated && request.method !== "GET");
}

/** The error for an answer that is no success. */
export async function callError(
  api: Api,
  answer: Answer,
  subject: Subject,
  uncertain = false,
): Promise<Error> {
  if (answer.status !== 401) return answerError(answer, subject, uncertain);
  const certificate = await api.transport.certificate();
  return answerError(answer, { ...subject, certificate }, uncertain);
}

/** Whether an answer says that it was done. */
function isSuccess(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** The object in an answer. Throws when the server sent something else: a bug of the server or of a proxy. */
export function objectIn(answer: Answer): KubeObject {
  const value: unknown = JSON.parse(answer.body);
  if (!isMap(value) || !isMap(value.metadata))
    throw new Error("the server did not answer with an object");
  return value as unknown as KubeObject;
}

/** The options of a call as a transport takes them. */
export function limits(
  options: CallOptions | undefined,
): Pick<ApiRequest, "signal" | "deadline" | "before"> {
  return { signal: options?.signal, deadline: options?.deadline, before: options?.before };
}

/** How the cluster is named in messages. */
export function whoOf(access: Access, impersonated: string | undefined): Who {
  return { user: impersonated ?? access.user, host: access.server.host };
}
