import type { Place } from "../../model/issue.ts";
import type { Json } from "../../model/json.ts";
import type {
  Parameter,
  ParameterGroup,
  ParameterType,
  SecretKind,
} from "../../model/parameter.ts";

/** `params.yaml` as its schema describes it. */
export interface ParamsFile {
  readonly apiVersion?: string;
  readonly groups?: readonly GroupEntry[];
  readonly parameters?: readonly ParameterEntry[];
}

interface GroupEntry {
  readonly name: string;
  readonly displayName?: string;
  readonly description?: string;
}

interface ParameterEntry {
  readonly name: string;
  readonly type?: ParameterType;
  readonly displayName?: string;
  readonly description?: string;
  readonly hint?: string;
  readonly group?: string;
  readonly default?: Json;
  readonly required?: boolean;
  readonly generate?: SecretKind;
  readonly enum?: readonly Json[];
  readonly immutable?: boolean;
  readonly trigger?: string;
}

/**
 * What `params.yaml` says, with everything that may be left out filled in: a parameter is a string and required, a secret is generated unless
 * `required: true` is written.
 * @param placeOf where the parameter of an index is declared
 */
export function nativeParameters(
  file: ParamsFile,
  placeOf: (index: number) => Place,
): { groups: ParameterGroup[]; parameters: Parameter[] } {
  return {
    groups: (file.groups ?? []).map(groupOf),
    parameters: (file.parameters ?? []).map((entry, index) => parameterOf(entry, placeOf(index))),
  };
}

function groupOf({ name, displayName, description }: GroupEntry): ParameterGroup {
  return {
    name,
    ...(displayName !== undefined && { displayName }),
    ...(description !== undefined && { description }),
  };
}

function parameterOf(entry: ParameterEntry, at: Place): Parameter {
  const { name, type = "string", displayName, description, hint, group, trigger } = entry;
  return {
    name,
    type,
    required: entry.required ?? type !== "secret",
    immutable: entry.immutable ?? false,
    at,
    ...(displayName !== undefined && { displayName }),
    ...(description !== undefined && { description }),
    ...(hint !== undefined && { hint }),
    ...(group !== undefined && { group }),
    ...(entry.default !== undefined && { default: entry.default }),
    ...(entry.generate !== undefined && { generate: entry.generate }),
    ...(entry.enum !== undefined && { enum: entry.enum }),
    ...(trigger !== undefined && { trigger }),
  };
}
