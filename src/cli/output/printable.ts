/** A text of the cluster on one line of a terminal: control characters (a terminal would obey them) become spaces, and more than `most` letters are cut. */
export function printable(text: string, most = 200): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  const clean = text.replace(/[\u0000-\u001F\u007F-\u009F]+/g, " ").trim();
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean;
}
