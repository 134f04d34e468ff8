import { StringDecoder } from "node:string_decoder";

/** The lines of a stream of bytes (UTF-8), in bunches as they arrive; empty ones are left out, a last one without its end is dropped. */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<string[], void, undefined> {
  const decoder = new StringDecoder("utf8");
  let pieces: string[] = [];
  for await (const chunk of chunks) {
    const parts = decoder.write(chunk).split("\n");
    const last = parts.pop() ?? "";
    if (parts.length > 0) {
      parts[0] = pieces.join("") + (parts[0] ?? "");
      pieces = [];
      yield parts.filter((line) => line.trim() !== "");
    }
    pieces.push(last);
  }
}
