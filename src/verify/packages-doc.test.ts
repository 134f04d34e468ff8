import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FUNCTIONS } from "../expressions/check-functions.ts";
import { loadPackage } from "../package/load-package.ts";
import { verifyPackage } from "./verify-package.ts";

// docs/packages.md is what authors copy from.

const DOC = readFileSync(join(import.meta.dirname, "../../docs/packages.md"), "utf8");
const [operator = "", params = ""] = [...DOC.matchAll(/```yaml\n(apiVersion: [\s\S]*?)```/g)].map(
  ([, text = ""]) => text,
);

const config = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
const TEMPLATES: Readonly<Record<string, string>> = {
  "config.yaml": config("config"),
  "sub/secret.yaml": `${config("secret")}data: {key: "{{Params.CA_KEY.key}}"}\n`,
  "old.yaml": config("old"),
  "meter.yaml":
    "apiVersion: v1\nkind: Pod\nmetadata: {name: meter}\nspec: {containers: [{name: load}]}\n",
  "statefulset.yaml":
    "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec: {podManagementPolicy: Parallel, template: {}}\n",
};

test("the package that it shows is right", () => {
  const files = {
    "operator.yaml": operator,
    "params.yaml": params,
    ...Object.fromEntries(
      Object.entries(TEMPLATES).map(([key, text]) => [`templates/${key}`, text]),
    ),
  };
  const encoder = new TextEncoder();
  const { pkg, issues } = loadPackage(
    "demo",
    new Map(Object.entries(files).map(([path, text]) => [path, encoder.encode(text)])),
  );
  expect(issues).toEqual([]);
  expect(pkg && verifyPackage(pkg)).toEqual([]);
});

test.each([...FUNCTIONS])("it names the function %s of expressions", (name) => {
  const chapter = DOC.slice(DOC.indexOf("## Expressions"), DOC.indexOf("## params.yaml"));
  expect(chapter).toMatch(new RegExp(`[\`.]${name}\\b`));
});
