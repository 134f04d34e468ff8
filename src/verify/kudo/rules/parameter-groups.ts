import { errorIssue, type Issue } from "../../../model/issue.ts";
import { didYouMean } from "../../../model/nearest.ts";
import type { KudoView } from "../kudo-view.ts";

/** Groups have plain names, are declared once, and those that parameters name are; what is for experienced people alone can be left out (verifiers 7f and 7g). */
export function parameterGroups({ pkg }: KudoView): Issue[] {
  const names = pkg.groups.map(({ name }) => name);
  const groups = names.flatMap((name, index) => {
    const at = pkg.placeOf("params.yaml", ["groups", index, "name"]);
    return [
      ...(name.includes("/")
        ? [errorIssue("bad-name", `group "${name}" contains invalid character '/'`, at)]
        : []),
      ...(names.indexOf(name) < index
        ? [errorIssue("duplicate-name", `group "${name}" has a duplicate`, at)]
        : []),
    ];
  });
  const parameters = pkg.parameters.flatMap((parameter, index) => {
    const { name, group, advanced, required, default: value } = parameter;
    const at = pkg.placeOf("params.yaml", ["parameters", index, "group"]);
    const found: Issue[] = [];
    if (group?.includes("/")) {
      const message = `parameter "${name}": group "${group}" contains invalid character '/'`;
      found.push(errorIssue("bad-name", message, at));
    } else if (group && !names.includes(group)) {
      const message = `parameter "${name}" is in group "${group}", which is not declared${didYouMean(group, names)}`;
      found.push(errorIssue("unknown-group", message, at));
    }
    if (advanced && required && (value === undefined || value === null)) {
      const message = `parameter "${name}" is advanced, required and has no default`;
      found.push(errorIssue("advanced-required", message, parameter.at));
    }
    return found;
  });
  return [...groups, ...parameters];
}
