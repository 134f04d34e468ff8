import { errorIssue, type Issue } from "../../../model/issue.ts";
import type { KudoView } from "../kudo-view.ts";

/** Names of parameters differ in more than upper and lower case, and have neither `;` nor `,` in them (verifiers 1 and 2). */
export function parameterNames({ pkg }: KudoView): Issue[] {
  const seen = new Set<string>();
  const twice = pkg.parameters.flatMap(({ name, at }) => {
    const isTwin = seen.has(name.toLowerCase());
    seen.add(name.toLowerCase());
    if (!isTwin) return [];
    return [errorIssue("duplicate-name", `parameter "${name}" has a duplicate`, at)];
  });
  const odd = pkg.parameters.flatMap(({ name, at }) =>
    [";", ","]
      .filter((sign) => name.includes(sign))
      .map((sign) =>
        errorIssue("bad-name", `parameter "${name}" contains invalid character '${sign}'`, at),
      ),
  );
  return [...twice, ...odd];
}
