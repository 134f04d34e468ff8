import { assertNever } from "../model/assert-never.ts";
import { parseGoYaml } from "../yaml/parse-go-yaml.ts";
import { parseYaml } from "../yaml/parse-yaml.ts";
import { dialectOf } from "./dialect.ts";
import { packageTexts } from "./files/package-texts.ts";
import { readKudoPackage } from "./kudo/kudo-package.ts";
import type { LoadedPackage } from "./loaded-package.ts";
import { loadNative } from "./native/load-native.ts";

/**
 * Makes a package of its files: the one place that chooses the dialect, which decides everything else. Pure; whatever is in the files, it answers with
 * issues and does not throw.
 * @param source as the user named it
 * @param files by path below the package's root, as `readPackage` gives them
 */
export function loadPackage(source: string, files: ReadonlyMap<string, Uint8Array>): LoadedPackage {
  const texts = packageTexts(files);
  if (texts.operator === undefined) return { issues: texts.issues };
  const dialect = dialectOf(parseGoYaml(texts.operator, "operator.yaml"));
  switch (dialect) {
    case "native":
      return loadNative(source, files, texts, parseYaml(texts.operator, "operator.yaml"));
    case "kudo":
      return readKudoPackage(source, files);
    default:
      return typeof dialect === "string"
        ? assertNever(dialect)
        : { issues: [...texts.issues, dialect] };
  }
}
