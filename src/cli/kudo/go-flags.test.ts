import { expect, test } from "vitest";
import { goFlags } from "./go-flags.ts";

test.each([
  ["install x --wait=true", "install x --wait"],
  ["install x --wait=F --skip-instance=0", "install x"],
  ["get all --validate-install=false", "get all --no-validate-install"],
  ["get all --validate-install", "get all --validate-install"],
  ["update -p=A=1 -n=ns", "update -p A=1 -n ns"],
  ["update -p A=1=2 --wait=maybe", "update -p A=1=2 --wait=maybe"],
  ["init --version=0.10.0", "init --version=0.10.0"],
  ["test -- --wait=true", "test -- --wait=true"],
])("%s is %s", (typed, understood) => {
  expect(goFlags(typed.split(" ")).join(" ")).toBe(understood);
});
