import { assertNever } from "../model/assert-never.ts";
import { errorIssue, type Issue } from "../model/issue.ts";
import { isMap } from "../model/json.ts";
import { NATIVE_API_VERSION } from "../model/names.ts";
import { parseYaml } from "../yaml/parse-yaml.ts";
import { dialectOf } from "./dialect.ts";
import { loadNative } from "./load-native.ts";
import type { LoadedPackage } from "./loaded-package.ts";
import { packageTexts } from "./package-texts.ts";

/**
 * Makes a package of its files: the one place that chooses the dialect, which decides everything else. Pure; whatever is in the files, it answers with
 * issues and does not throw.
 * @param source as the user named it
 * @param files by path below the package's root, as `readPackage` gives them
 */
export function loadPackage(source: string, files: ReadonlyMap<string, Uint8Array>): LoadedPackage {
  const texts = packageTexts(files);
  if (texts.operator === undefined) return { issues: texts.issues };
  const operator = parseYaml(texts.operator, "operator.yaml");
  // Of a file that is broken or no map nothing can be said, and the native dialect says what is wrong with it.
  const isWhole = operator.issues.length === 0 && isMap(operator.value);
  const dialect = isWhole ? dialectOf(operator) : "native";
  switch (dialect) {
    case "native":
      return loadNative(source, files, texts, operator);
    case "kudo":
      return { issues: [kudoIssue(operator.placeOf(["apiVersion"]))] };
    default:
      return typeof dialect === "string"
        ? assertNever(dialect)
        : { issues: [...texts.issues, dialect] };
  }
}

function kudoIssue(at: { file: string; line: number; col: number }): Issue {
  return errorIssue(
    "kudo-package",
    "this is a KUDO package (apiVersion kudo.dev/v1beta1, or none), which this version of kplan cannot run yet",
    at,
    `a native package says "apiVersion: ${NATIVE_API_VERSION}"`,
  );
}
