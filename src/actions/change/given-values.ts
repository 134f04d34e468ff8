import type { Json } from "../../model/json.ts";

/** Parameter values as a command line gives them, not yet looked at. */
export interface GivenValues {
  /** `NAME=VALUE`, `NAME=@file` or `NAME=-` (standard input), in the order given; they win over files. */
  readonly set: readonly string[];
  /** Parameter files, in the order given; a later one wins. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** Names that fall back to their default. */
  readonly unset: readonly string[];
  /** Reads the file of `NAME=@file`. */
  readonly readFile: (path: string) => Promise<string>;
  /** Reads standard input to its end for `NAME=-`. */
  readonly readStdin: () => Promise<string>;
}

/** No values at all: what is there stays. */
export const NO_VALUES: GivenValues = valuesOf({});

/** Values as plain data, for programs: names to values of the parameters' types; `unset` names fall back to their default. */
export function valuesOf(
  values: Readonly<Record<string, Json>>,
  unset: readonly string[] = [],
): GivenValues {
  const nothing = (): Promise<string> => Promise.resolve("");
  return {
    set: [],
    files:
      Object.keys(values).length === 0 ? [] : [{ name: "values", text: JSON.stringify(values) }],
    unset,
    readFile: nothing,
    readStdin: nothing,
  };
}
