import { errorIssue, type Issue } from "../../../model/issue.ts";
import type { KudoView } from "../kudo-view.ts";

/** Versions are semantic versions, as leniently as KUDO reads them (verifier 3). */
export function versionTexts({ pkg }: KudoView): Issue[] {
  const { operator } = pkg;
  const at = (field: string) => pkg.placeOf("operator.yaml", [field]);
  const fields = ["operatorVersion", "kubernetesVersion", "appVersion", "kudoVersion"] as const;
  return fields.flatMap((field, index): Issue[] => {
    const text = operator[field] ?? "";
    if (text === "") {
      if (index > 1) return [];
      const message = `"${field}" is required and must be semver`;
      return [errorIssue("missing-field", message, at(field))];
    }
    if (VERSION.test(text)) return [];
    const message = `unable to parse "${field}": Invalid Semantic Version`;
    return [errorIssue("bad-version", message, at(field))];
  });
}

/** Masterminds' lenient reading: parts may be missing, numbers may begin with 0. */
const VERSION =
  /^v?\d+(\.\d+)?(\.\d+)?(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;
