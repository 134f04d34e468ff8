import { errorIssue, type Issue, type Place, warningIssue } from "../model/issue.ts";
import { didYouMean } from "../model/nearest.ts";
import type { Parameter } from "../model/parameter.ts";
import { goJson, parseGoYaml } from "../yaml/parse-go-yaml.ts";
import { membersOf } from "../yaml/yaml-node.ts";
import { kudoPlain, kudoYaml } from "./kudo-text.ts";

/** What the user gave on the command line for a KUDO package. */
export interface KudoSources {
  /** Texts of `-p`, in order. */
  readonly set: readonly string[];
  /** Contents of `-P` files, in order. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

/** Texts by parameter name, and all that is wrong. */
export interface KudoAssignments {
  readonly given: Record<string, string>;
  readonly issues: Issue[];
}

/**
 * Reads parameter values as KUDO does (compat section 2.6): `-p NAME=VALUE` keeps the text as it is and may not be empty; a file is a YAML map whose lists and maps become YAML
 * text and whose other values become text. A later file wins over an earlier one, `-p` over files, a later `-p` over an earlier one. A name that the package does not declare
 * is kept, with a warning.
 */
export function parseKudoAssignments(
  declared: readonly Parameter[],
  sources: KudoSources,
): KudoAssignments {
  const given = new Map<string, string>();
  const issues: Issue[] = [];
  const names = declared.map(({ name }) => name);
  const warnIfUnknown = (name: string, at?: Place) => {
    if (names.includes(name)) return;
    const message = `the operator has no parameter "${name}"${didYouMean(name, names)}`;
    issues.push(warningIssue("unknown-parameter", message, at));
  };

  for (const { name: file, text } of sources.files) {
    const { root, issues: found, placeAt } = parseGoYaml(text, file);
    issues.push(...found);
    if (root === undefined) continue;
    const { node } = root;
    if (node.kind === "scalar" && node.value === null) continue;
    if (node.kind !== "map") {
      const message = "a parameter file is a map of values by parameter name";
      issues.push(errorIssue("not-a-map", message, placeAt(root.offset)));
      continue;
    }
    for (const { key, keyOffset, node: value, offset } of membersOf(node)) {
      warnIfUnknown(key, placeAt(keyOffset));
      const json = goJson(value);
      if (json === null)
        issues.push(errorIssue("empty-value", `parameter ${key} has no value`, placeAt(offset)));
      else given.set(key, typeof json === "object" ? kudoYaml(json) : kudoPlain(json));
    }
  }
  for (const assignment of sources.set) {
    const equals = assignment.indexOf("=");
    const name = assignment.slice(0, Math.max(equals, 0));
    const value = assignment.slice(equals + 1);
    const why = equals < 0 ? "expected NAME=VALUE" : name === "" ? "no name" : "no value";
    if (equals < 0 || name === "" || value === "") {
      const which = name === "" ? "a -p" : `-p ${name}`;
      issues.push(errorIssue("not-an-assignment", `${which}: ${why}`));
      continue;
    }
    warnIfUnknown(name);
    given.set(name, value);
  }
  return { given: Object.fromEntries(given), issues };
}
