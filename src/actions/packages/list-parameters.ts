import { canonicalJson, type Json } from "../../model/json.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { kudoDefault } from "../../params/kudo-text.ts";

/** A parameter as `package list parameters` shows it. */
export interface ListedParameter {
  readonly name: string;
  /** As the package has it; of a KUDO package the text that KUDO makes of it. Absent: none. */
  readonly default?: string;
  /** The word that the package uses; empty in a KUDO package that says none. */
  readonly type: string;
  readonly required: boolean;
  readonly immutable: boolean;
  readonly displayName?: string;
  readonly description?: string;
  readonly trigger?: string;
}

/** The parameters of a package, by name. */
export function listParameters({ dialect, parameters }: OperatorPackage): ListedParameter[] {
  return parameters
    .map((parameter) => {
      const { name, type, kudoType = type, required, immutable } = parameter;
      const { displayName, description, trigger, default: value } = parameter;
      const shown = dialect === "kudo" ? kudoDefault(parameter) : textOf(value);
      return {
        name,
        type: kudoType,
        required,
        immutable,
        ...(shown !== undefined && { default: shown }),
        ...(displayName !== undefined && { displayName }),
        ...(description !== undefined && { description }),
        ...(trigger !== undefined && { trigger }),
      };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function textOf(value: Json | undefined): string | undefined {
  return value === undefined || typeof value === "string" ? value : canonicalJson(value);
}
