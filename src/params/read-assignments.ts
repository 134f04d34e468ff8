import type { OperatorPackage } from "../model/package.ts";
import { parseKudoAssignments } from "./kudo-assignments.ts";
import {
  type AssignmentSources,
  type Assignments,
  givenAndUnset,
  parseAssignments,
} from "./parse-assignments.ts";

/**
 * Reads parameter values as the package's dialect does: typed by their declarations, or in a KUDO package as the texts that they are (`@` and `-` mean nothing there). The
 * values of a KUDO package are texts, none is a secret, and a name that nobody declared may be unset.
 */
export async function readAssignments(
  { dialect, parameters }: Pick<OperatorPackage, "dialect" | "parameters">,
  sources: AssignmentSources,
): Promise<Assignments> {
  if (dialect === "native") return await parseAssignments(parameters, sources);
  const { given, issues } = parseKudoAssignments(parameters, sources);
  const unset = [...new Set(sources.unset)];
  const both = unset.filter((name) => Object.hasOwn(given, name)).map(givenAndUnset);
  return { given, secrets: {}, unset, issues: [...issues, ...both] };
}
