import { errorIssue, type Issue } from "../model/issue.ts";
import { isMap } from "../model/json.ts";
import { groupOf, type KubeObject } from "../model/kube-object.ts";
import { parseDocuments } from "../yaml/parse-documents.ts";
import { templateFile } from "./problem.ts";
import type { RenderedObject } from "./render-objects.ts";

/** The Kubernetes objects of a rendered text. What is wrong goes to `issues`; places are in the rendered text, and messages quote the line. */
export function readObjects(text: string, template: string, issues: Issue[]): RenderedObject[] {
  const file = `${templateFile(template)} (rendered)`;
  const { documents, issues: found } = parseDocuments(text, file);
  for (const issue of found) issues.push(quoting(issue, text));
  return documents.flatMap(({ value, line }) => {
    if (value === null || value === undefined) return [];
    const wrong = wrongWith(value);
    if (wrong === undefined) return [{ object: value as KubeObject, template, line }];
    issues.push(quoting(errorIssue("not-an-object", wrong, { file, line, col: 1 }), text));
    return [];
  });
}

/** The issue with the line that it is about. Not shown from a text that holds a Secret: the line may be its value. */
function quoting(issue: Issue, text: string): Issue {
  return holdsSecret(text) ? issue : quotingLine(issue, text);
}

/** Whether a text may hold a Secret. */
export function holdsSecret(text: string): boolean {
  return /kind["']?\s*:\s*["']?Secret\b/.test(text);
}

/** The issue with the line of the text that it is about. */
export function quotingLine(issue: Issue, text: string): Issue {
  const line = issue.at ? (text.split("\n")[issue.at.line - 1] ?? "").trim() : "";
  if (line === "") return issue;
  const quoted = line.length > 80 ? `${line.slice(0, 79)}…` : line;
  return { ...issue, message: `${issue.message}, at: ${quoted}` };
}

/** Why a document is not one object that can be applied; undefined when it is. */
export function wrongWith(value: unknown): string | undefined {
  if (!isMap(value)) return "a Kubernetes object is expected here, not a list or a single value";
  const { apiVersion, kind, metadata } = value;
  for (const [field, text] of [
    ["apiVersion", apiVersion],
    ["kind", kind],
  ] as const)
    if (typeof text !== "string" || text === "") return `the object has no ${field}`;
  if (/List$/.test(String(kind)) && Array.isArray(value.items))
    return `${kind}: give each item a document of its own, separated by ---`;
  if (!isMap(metadata)) return `${kind}: the object has no metadata`;
  return wrongWithMetadata(String(kind), String(apiVersion), metadata);
}

function wrongWithMetadata(
  kind: string,
  apiVersion: string,
  { name, generateName, labels, annotations }: Record<string, unknown>,
): string | undefined {
  if (name === undefined && generateName !== undefined)
    return `${kind}: metadata.generateName would make a new object each time; give it a name`;
  if (typeof name !== "string" || name === "")
    return `${kind}: metadata.name ${name === undefined || name === null || name === "" ? "is missing" : "must be a text"}`;
  if (!isName(name, groupOf(apiVersion)))
    return `${kind}: ${JSON.stringify(name)} is no valid name: lower-case letters, digits, - and ., at most 253`;
  for (const [field, map] of [
    ["labels", labels],
    ["annotations", annotations],
  ] as const)
    if (map !== undefined && map !== null && !isTextMap(map))
      return `${kind} ${name}: metadata.${field}${notText(map)} must be ${isMap(map) ? "a text" : "a map of texts"}; put numbers and booleans in quotes`;
  return undefined;
}

/** Kubernetes' DNS subdomain; names of RBAC objects may be any path segment. */
function isName(name: string, group: string): boolean {
  if (name.length > 253) return false;
  if (group === "rbac.authorization.k8s.io")
    return !/[/%]/.test(name) && name !== "." && name !== "..";
  return /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
}

/** `.key` of the first value that is no text. */
function notText(map: unknown): string {
  const [key] =
    Object.entries(isMap(map) ? map : {}).find(([, each]) => typeof each !== "string") ?? [];
  return key === undefined ? "" : `.${key}`;
}

function isTextMap(value: unknown): boolean {
  return isMap(value) && Object.values(value).every((each) => typeof each === "string");
}
