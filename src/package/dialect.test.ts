import { expect, test } from "vitest";
import { parseGoYaml } from "../yaml/parse-go-yaml.ts";
import { dialectOf } from "./dialect.ts";

test.each([
  ["apiVersion: kplan.dev/v1\nname: a", "native"],
  ["apiVersion: kudo.dev/v1beta1\nname: a", "kudo"],
  ["ApiVersion: kudo.dev/v1beta1\nname: a", "kudo"],
  ["apiVersion:\nname: a", "kudo"],
  ["name: a", "kudo"],
  ["name: a\nappVersion: 1.2.3\noperatorVersion: 0.1.0", "kudo"],
  ["name: a\nkudoVersion: 0.19.0", "kudo"],
  ["apiVersoin: kplan.dev/v1\nname: a", 'unknown field "apiVersoin", did you mean "apiVersion"?'],
  ["apiVersion: kudo.dev/v1\nname: a", 'apiVersion: expected kplan.dev/v1, found "kudo.dev/v1"'],
])("%j is %s", (text, is) => {
  const dialect = dialectOf(parseGoYaml(text, "operator.yaml"));
  expect(typeof dialect === "string" ? dialect : dialect.message).toBe(is);
});
