import { errorIssue, type Issue } from "../../../model/issue.ts";
import type { Json } from "../../../model/json.ts";
import type { Parameter } from "../../../model/parameter.ts";
import { checkKudoRaw } from "../../../params/kudo-check.ts";
import { kudoDefault, kudoEnum } from "../../../params/kudo-text.ts";
import type { KudoView } from "../kudo-view.ts";

/** Immutable parameters get a value, enums have values, and these and the defaults fit the parameter (verifiers 7c to 7e; D-09: a number needs no quotes). */
export function goodValues({ pkg }: KudoView): Issue[] {
  return pkg.parameters.flatMap((parameter, index) => {
    const at = (...path: (string | number)[]) =>
      pkg.placeOf("params.yaml", ["parameters", index, ...path]);
    return [
      ...immutableIssues(parameter),
      ...(parameter.enum ?? []).flatMap((value, item) => {
        if (value === null) return [];
        const issue = unfit(parameter, value);
        return issue ? [{ ...issue, at: at("enum", item) }] : [];
      }),
      ...(parameter.enum?.length === 0
        ? [
            errorIssue(
              "empty-enum",
              `parameter "${parameter.name}" has an enum without values`,
              at("enum"),
            ),
          ]
        : []),
      ...defaultIssues(parameter).map((issue) => ({ ...issue, at: at("default") })),
    ];
  });
}

function immutableIssues({ name, immutable, required, default: value, at }: Parameter): Issue[] {
  if (!immutable || required || (value !== undefined && value !== null)) return [];
  const message = `parameter "${name}" is immutable but is not marked as required or has a default value`;
  return [errorIssue("immutable-without-value", message, at)];
}

function unfit(parameter: Parameter, value: Json): Issue | undefined {
  return checkKudoRaw(parameter, value);
}

function defaultIssues(parameter: Parameter): Issue[] {
  const { name, default: value } = parameter;
  if (value === undefined || value === null) return [];
  const issue = unfit(parameter, value);
  if (issue) return [issue];
  const allowed = kudoEnum(parameter);
  const text = kudoDefault(parameter) ?? "";
  if (allowed === undefined || allowed.length === 0 || allowed.includes(text)) return [];
  const words = allowed.map((word) => JSON.stringify(word)).join(", ");
  const message = `parameter "${name}" has a default value ${JSON.stringify(text)} that is not in its enum: ${words}`;
  return [errorIssue("not-in-enum", message)];
}
