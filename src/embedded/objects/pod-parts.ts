import { isMap } from "../../model/json.ts";
import { answerLog } from "../exec/pod-log.ts";
import { badRequest, methodNotAllowed, noSuchResource } from "../http/api-error.ts";
import type { ApiAnswer, ApiRequest } from "../http/request.ts";
import { deleteObject } from "./delete-object.ts";
import { readLive } from "./update-object.ts";

/** Subresources of pods. */
export const POD_PARTS: ReadonlySet<string> = new Set(["log", "eviction", "exec", "binding"]);

/** Answers a request to a part of a pod; undefined when the answer is a stream that has begun. Throws ApiError. */
export function handlePodPart(
  request: ApiRequest,
  name: string,
  part: string,
): ApiAnswer | undefined {
  const { state, kind, namespace = "", method, body } = request;
  const place = { kind, namespace, name };
  const pod = readLive(state, place);
  if (part === "log" && method === "GET") return answerLog(request, pod);
  if (part === "eviction" && method === "POST") {
    const options = isMap(body) && isMap(body.deleteOptions) ? body.deleteOptions : {};
    const grace = options.gracePeriodSeconds;
    deleteObject(state, place, typeof grace === "number" ? { gracePeriodSeconds: grace } : {});
    return {
      code: 201,
      body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 },
    };
  }
  if (part === "exec") throw badRequest("Upgrade request required");
  throw part === "binding" ? noSuchResource() : methodNotAllowed();
}
