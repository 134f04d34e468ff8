import { expect, test } from "vitest";
import { aimed } from "./aimed.ts";

test.each([
  ["plan pause", "`kplan plan resume` goes on", "`kplan plan resume` goes on"],
  [
    "plan pause --instance a",
    "`kplan plan resume` goes on",
    "`kplan plan resume --instance a` goes on",
  ],
  ["-n x drift --instance=a", "`kplan drift --fix`", "`kplan drift --fix -n x --instance a`"],
  ["--namespace=x update", "see `kplan get instances`", "see `kplan get instances -n x`"],
  ["--instance a update", "`kplan plan status --instance b`", "`kplan plan status --instance b`"],
  [
    "--embedded --context c init",
    "`kplan embedded reset`, `kplan init`",
    "`kplan embedded reset`, `kplan init --context c --embedded`",
  ],
  [
    "-n x install p",
    "`kubectl -n y get pods`, `onImmutable: orphan`",
    "`kubectl -n y get pods`, `onImmutable: orphan`",
  ],
])("%s: %s", (line, text, expected) => {
  expect(aimed(text, "kplan", line.split(" "))).toBe(expected);
});

test("names the program as it was called", () => {
  expect(aimed("`kplan plan status`", "kubectl kplan", [])).toBe("`kubectl kplan plan status`");
});
