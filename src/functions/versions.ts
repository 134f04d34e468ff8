import { text } from "./arguments.ts";
import { native } from "./define.ts";
import { satisfies } from "./semver-constraint.ts";
import { parseVersion } from "./semver-version.ts";
import type { TemplateFunction } from "./template-function.ts";

/** Semantic versions (the semantics of Masterminds/semver 3, which Sprig uses; not npm's). */
export const VERSIONS: readonly TemplateFunction[] = [
  native("semver", 1, ([version]) => {
    const { major, minor, patch, prerelease, metadata } = parseVersion(text(version));
    return {
      Major: major,
      Minor: minor,
      Patch: patch,
      Prerelease: prerelease,
      Metadata: metadata,
      Original: version,
    };
  }),
  native("semverCompare", 2, ([constraint, version]) =>
    satisfies(parseVersion(text(version)), text(constraint)),
  ),
];
