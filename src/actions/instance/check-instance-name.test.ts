import { expect, test } from "vitest";
import { KplanError } from "../../model/kplan-error.ts";
import { checkInstanceName } from "./check-instance-name.ts";

test.each(["a", "0", "galera-instance", "a.b", "x".repeat(63)])("%s is a name", (name) => {
  expect(() => checkInstanceName(name)).not.toThrow();
});

test.each<[string, RegExp]>([
  ["", /""/],
  ["Bad_Name", /"Bad_Name" cannot be the name/],
  ["-a", /"-a"/],
  ["a-", /"a-"/],
  ["a..b", /"a\.\.b"/],
  ["a.-b", /"a\.-b"/],
  ["a/b", /"a\/b"/],
  ["a\nb", /"a\\nb"/],
  ["é", /"é"/],
  ["x".repeat(64), /at most 63 characters.*has 64/],
])("%j is none", (name, message) => {
  expect(() => checkInstanceName(name)).toThrow(message);
  expect(() => checkInstanceName(name)).toThrow(KplanError);
});
