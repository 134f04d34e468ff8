/** Keys and indexes from the root of a YAML file. */
export type FieldPath = readonly (string | number)[];

/** `plans.deploy.phases[0].name`: how a field is named to people; empty for the whole file. */
export function fieldText(path: FieldPath): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`))
    .join("")
    .replace(/^\./, "");
}

/** The path that a JSON pointer (RFC 6901) names in a value. */
export function fieldPath(pointer: string): FieldPath {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
