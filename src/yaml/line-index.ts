/** A place in a text, counted from 1. */
export interface LineCol {
  readonly line: number;
  readonly col: number;
}

/** Turns offsets of a text into lines and columns; LF, CRLF and CR end a line, as in YAML. */
export function lineIndex(text: string): (offset: number) => LineCol {
  const starts = [0];
  for (const end of text.matchAll(/\r\n|\r|\n/g)) starts.push(end.index + end[0].length);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, col: offset - (starts[low] ?? 0) + 1 };
  };
}
