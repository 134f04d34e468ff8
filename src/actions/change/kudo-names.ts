import { errorIssue, type Issue } from "../../model/issue.ts";
import { operatorVersionName } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";

/** A subdomain of RFC 1123, as Kubernetes wants it. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** What Kubernetes allows as the value of a label: every object carries the operator's name as one. */
const LONGEST_LABEL = 63;
const LONGEST_NAME = 253;

/** Names of a KUDO package, which KUDO never looks at, that no Operator or OperatorVersion can have: told before anything is written. */
export function kudoNameIssues({ operator, placeOf }: OperatorPackage): readonly Issue[] {
  const { name, operatorVersion } = operator;
  const issueAt = (field: string, message: string): Issue =>
    errorIssue("bad-name", message, placeOf("operator.yaml", [field]));
  if (!SUBDOMAIN.test(name) || name.length > LONGEST_LABEL)
    return [
      issueAt(
        "name",
        `${JSON.stringify(name)} cannot be the name of an Operator: lower-case letters, digits, - and ., at most ${LONGEST_LABEL}`,
      ),
    ];
  const version = operatorVersionName(operator);
  if (SUBDOMAIN.test(version) && version.length <= LONGEST_NAME) return [];
  const field = operatorVersion === "" ? "operatorVersion" : "appVersion";
  const named = SUBDOMAIN.test(`v-${operatorVersion}`) ? field : "operatorVersion";
  return [
    issueAt(
      named,
      `${JSON.stringify(version)} cannot be the name of an OperatorVersion: of the versions only lower-case letters, digits, - and . can be part of it`,
    ),
  ];
}
