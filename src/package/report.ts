import type { FieldPath } from "./field-path.ts";

/** Takes an error about a field of a file, at its value unless `part` says the key. */
export type ReportField = (
  code: string,
  message: string,
  path: FieldPath,
  options?: { readonly part?: "key" | "value"; readonly hint?: string },
) => void;
