import { expect, test } from "vitest";
import { obeyed } from "./obeyed.ts";

test.each([
  ["a\tb\nc", "a\tb\nc"],
  ["a\r\nb", "a\r\nb"],
  ["\u001B[31mred\u001B[39m", "\u001B[31mred\u001B[39m"],
  ["\u001B[12A\r\u001B[J", "\u001B[12A\r\u001B[J"],
  ["\u001B[3A\u001B[J", "\u001B[3A\u001B[J"],
  ["\r\u001B[J", "\r\u001B[J"],
  ["└── x", "└── x"],
  ["fine\rlied", "fine\\x0Dlied"],
  ["\u001B]0;title\u0007", "\\x1B]0;title\\x07"],
  ["\u001B]52;c;aGk=\u001B\\", "\\x1B]52;c;aGk=\\x1B\\"],
  ["\u001B[2J\u001B[H", "\\x1B[2J\\x1B[H"],
  ["\u009B31m\u0008", "\\x9B31m\\x08"],
])("%j is written as %j", (text, want) => {
  expect(obeyed(text)).toBe(want);
});
