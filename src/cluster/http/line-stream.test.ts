import { expect, test } from "vitest";
import { linesOf } from "./line-stream.ts";
import { readWatchMessage } from "./watch-message.ts";

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test.each([1, 2, 3, 7, 1000])("lines in pieces of %d bytes", async (size) => {
  const lines: string[] = [];
  for await (const some of linesOf(pieces(Buffer.from("héllo\n\nwörld €\n🙂\nno end"), size)))
    lines.push(...some);
  expect(lines).toEqual(["héllo", "wörld €", "🙂"]);
});

test.each<[string, object]>([
  [
    '{"type":"ADDED","object":{"kind":"Pod","metadata":{"resourceVersion":"5"}}}',
    { type: "added", version: "5" },
  ],
  [
    '{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}',
    { type: "bookmark", version: "9" },
  ],
  [
    '{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}',
    { type: "error", gone: true, message: "too old" },
  ],
  [
    '{"type":"ERROR","object":{"kind":"Status","code":500,"message":"etcd"}}',
    { type: "error", gone: false },
  ],
  ['{"type":"NEW","object":{}}', { type: "error", gone: false }],
  ['{"type":"ADDED"}', { type: "error", gone: false }],
  ["<html>", { type: "error", gone: false }],
])("%s", (line, message) => {
  expect(readWatchMessage(line)).toMatchObject(message);
});
