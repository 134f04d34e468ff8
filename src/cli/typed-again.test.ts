import { expect, test } from "vitest";
import { givenNames, goesOn, typedAgain } from "./typed-again.ts";

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

test.each([
  ["plan trigger work", undefined],
  ["plan retry --step-timeout 1m", undefined],
  ["update -p A=1", undefined],
  ["plan trigger work -p A=hunter2xyz", "kplan plan resume"],
  [
    "plan trigger -pA=1 --instance work -v work -n prod --queue",
    "kplan plan resume --instance work -v -n prod",
  ],
  [
    "plan trigger --instance=work -p A=work work --force-conflicts",
    "kplan plan resume --instance=work --force-conflicts",
  ],
  ["plan trigger work -P values.yaml --allow x", "kplan plan resume --allow x"],
  ["plan trigger work --parameter-file=values.yaml", "kplan plan resume"],
  ["plan retry --from nodes.one -n prod", "kplan plan resume -n prod"],
  ["-n prod plan retry --from=one", "kplan -n prod plan resume"],
])("what %s has begun goes on with %s", (typed, again) => {
  expect(goesOn("kplan", typed.split(" "), "resume")).toBe(again);
});
