/** What a value is, for "found …": `the text "serail"`, `number 3`, `a list`, `nothing`. Long texts are cut. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  switch (typeof value) {
    case "string":
      return value === "" ? "an empty text" : `the text ${JSON.stringify(shortened(value))}`;
    case "number":
      return `number ${value}`;
    case "boolean":
      return String(value);
    default:
      return "a map";
  }
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
