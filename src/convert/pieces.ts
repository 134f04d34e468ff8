/** A piece of a Handlebars template. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  /** `inner` stands between the braces. A `block` tag alone on its line would take the line with it. */
  | { readonly kind: "tag"; readonly inner: string; readonly block: boolean };

/** `plain`: as a person would write it; lines with nothing but the tag of a block go. `exact`: every byte stays, by an empty comment before such a tag. */
export type Style = "plain" | "exact";

/** Puts a template together. */
export function assemble(pieces: readonly Piece[], style: Style): string {
  const joined = merged(pieces);
  let out = "";
  for (const [index, piece] of joined.entries()) {
    const [before, after] = [joined[index - 1], joined[index + 1]];
    if (piece.kind === "text") {
      const opens = before?.kind === "tag" && closesBrace(piece.text) ? " " : "";
      const closes = after?.kind === "tag" && opensBrace(piece.text) ? " " : "";
      out += opens + piece.text + closes;
      continue;
    }
    const line = out.slice(out.lastIndexOf("\n") + 1);
    if (style === "exact" && piece.block && line.trim() === "") out += "{{!}}";
    const left = before?.kind === "text" && opensBrace(before.text) ? "~" : "";
    const right = after?.kind === "text" && closesBrace(after.text) ? "~" : "";
    out += `{{${left}${piece.inner}${right}}}`;
  }
  return out;
}

/** A brace before a tag would make another tag of it, and a backslash none. */
function opensBrace(text: string): boolean {
  return /[{\\]$/.test(text);
}

function closesBrace(text: string): boolean {
  return text.startsWith("}");
}

function merged(pieces: readonly Piece[]): Piece[] {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (piece.kind === "text" && piece.text === "") continue;
    if (piece.kind === "text" && last?.kind === "text")
      all.splice(-1, 1, { kind: "text", text: last.text + piece.text });
    else all.push(piece);
  }
  return all;
}
