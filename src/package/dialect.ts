import { errorIssue, type Issue } from "../model/issue.ts";
import { KUDO_API_VERSION, NATIVE_API_VERSION } from "../model/names.ts";
import { nearest } from "../model/nearest.ts";
import type { Dialect } from "../model/package.ts";
import type { GoYaml } from "../yaml/parse-go-yaml.ts";
import { type Member, membersOf } from "../yaml/yaml-node.ts";

/** Words for a version at the top of operator.yaml, of which one is no misspelling of another. */
const VERSIONS = ["apiVersion", "appVersion", "kudoVersion", "operatorVersion"];

/**
 * Chooses the language of a package by the `apiVersion` of its operator.yaml; none means KUDO's, as for KUDO. An issue when it is no language at all. Of a file that is
 * broken or no map nothing can be said, and the native dialect says what is wrong with it.
 */
export function dialectOf({ root, placeAt }: GoYaml): Dialect | Issue {
  if (root?.node.kind !== "map") return "native";
  const members = membersOf(root.node);
  const named =
    members.findLast(({ key }) => key === "apiVersion") ??
    members.findLast(({ key }) => key.toLowerCase() === "apiversion");
  if (named === undefined) return withoutVersion(members, placeAt);
  const apiVersion = wordOf(named);
  if (apiVersion === NATIVE_API_VERSION) return "native";
  if (apiVersion === KUDO_API_VERSION || apiVersion === "") return "kudo";
  const message = `apiVersion: expected ${NATIVE_API_VERSION}, found ${JSON.stringify(apiVersion)}`;
  return errorIssue("unknown-api-version", message, placeAt(named.offset));
}

/** A word that was meant to say it is worth a refusal, unless it says what none would. */
function withoutVersion(members: readonly Member[], placeAt: GoYaml["placeAt"]): Dialect | Issue {
  const misspelled = members.find(({ key }) => nearest(key, VERSIONS) === "apiVersion");
  if (misspelled === undefined || wordOf(misspelled) === KUDO_API_VERSION) return "kudo";
  const message = `unknown field "${misspelled.key}", did you mean "apiVersion"?`;
  return errorIssue("unknown-field", message, placeAt(misspelled.keyOffset));
}

/** A null is an empty text, as for KUDO. */
function wordOf({ node }: Member): unknown {
  if (node.kind !== "scalar") return node.kind === "list" ? [] : {};
  return node.value === null ? "" : typeof node.value === "string" ? node.value : node.text;
}
