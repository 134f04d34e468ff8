/** What every text of a rule may name. */
export interface PodWords {
  readonly pod: string;
  readonly namespace: string;
}

/** A rule's text with `$(pod)`, `$(ordinal)` and the other words filled in; what is no word stays as it is. */
export function fillIn(text: string, words: PodWords & Readonly<Record<string, string>>): string {
  const ordinal = /-(\d+)$/.exec(words.pod)?.[1] ?? "0";
  const all = new Map(Object.entries({ ordinal, ...words }));
  return text.replace(/\$\((\w+)\)/g, (whole, name: string) => all.get(name) ?? whole);
}

/** Whether a name fits a pattern in which `*` stands for any letters. */
export function nameFits(pattern: string, name: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return name === pattern;
  const last = rest.pop() ?? "";
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}
