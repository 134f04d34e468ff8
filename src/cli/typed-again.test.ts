import { expect, test } from "vitest";
import { givenNames, typedAgain } from "./typed-again.ts";

test.each([
  ["install ./galera", "kplan install ./galera"],
  ["install ./galera -p A=1 -n prod -p B=hunter2xyz", "kplan install ./galera -n prod"],
  ["update -pPASSWORD=hunter2xyz", "kplan update"],
  ["update --parameter PASSWORD=hunter2xyz --step-timeout 1m", "kplan update --step-timeout 1m"],
  ["update --parameter=PASSWORD=hunter2xyz -P values.yaml", "kplan update -P values.yaml"],
  ["update -o json -p -x", "kplan update -o json"],
])("%s goes on with %s", (typed, again) => {
  expect(typedAgain("kplan", typed.split(" "))).toBe(again);
});

test("words are quoted for a shell", () => {
  expect(typedAgain("kubectl kplan", ["install", "my packages/it's"])).toBe(
    String.raw`kubectl kplan install 'my packages/it'\''s'`,
  );
});

test("others see which parameters are given, not their values", () => {
  const typed = "update -p A=1 -pB=2 --parameter C=3 --parameter=D=4 -p nothing".split(" ");
  expect(givenNames(typed)).toEqual(["-p A=…", "-p B=…", "-p C=…", "-p D=…", "-p =…"]);
});
