import { isMap } from "../../model/json.ts";
import type { ApiAnswer, ApiRequest } from "./request.ts";

/** Access reviews: whoever has the token may do everything. */
export function reviewAnswer({ kind, body }: ApiRequest): ApiAnswer {
  const given = isMap(body) ? body : {};
  const everything = { verbs: ["*"], apiGroups: ["*"], resources: ["*"] };
  const status =
    kind.kind === "SelfSubjectRulesReview"
      ? { resourceRules: [everything], nonResourceRules: [], incomplete: false }
      : { allowed: true, reason: "the embedded cluster has one user" };
  const { apiVersion, kind: name, metadata = {}, spec = {} } = given;
  return { code: 201, body: { kind: name, apiVersion, metadata, spec, status } };
}
