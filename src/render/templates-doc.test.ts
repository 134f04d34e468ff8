import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TEMPLATE_FUNCTIONS } from "./functions.ts";
import { renderTemplate } from "./render-template.ts";
import { scopeShape } from "./shape.ts";

const doc = readFileSync(join(import.meta.dirname, "../../docs/templates.md"), "utf8");
const examples = Array.from(
  doc.matchAll(/^- `(\w+)`: `(.+?)` → (?:`(.*)`|(nothing|another value for each run))$/gm),
);

function render(text: string): string {
  const constants = { seed: "seed", startedAt: "2023-11-14T22:13:20Z" };
  const scope = {
    Name: "galera-instance",
    Namespace: "db",
    OperatorName: "galera",
    OperatorVersion: "1.0.0",
    AppVersion: "10.11",
    PlanName: "deploy",
    PhaseName: "nodes",
    StepName: "firstboot_config",
    TaskName: "config",
    Params: { NODE_COUNT: 3 },
    Pipes: {},
    Facts: {},
    Capabilities: { KubeVersion: { Major: 1, Minor: 30 }, APIVersions: [] },
  };
  const at = { file: "params.yaml", line: 1, col: 1 };
  const declared = [
    { name: "NODE_COUNT", type: "integer", required: false, immutable: false, at },
  ] as const;
  return renderTemplate({ key: "doc.yaml", text, scope, constants, declared });
}

test("every function is in the documentation once, and no other", () => {
  const documented = examples.map(([, name]) => name);
  expect(documented.toSorted()).toEqual([...TEMPLATE_FUNCTIONS.keys()].sort());
});

test("every name is in the documentation", () => {
  for (const name of scopeShape([]).members.keys()) expect(doc).toContain(`\`${name}`);
});

test.each(
  examples.map(([, name = "", text = "", result, words]) => ({ name, text, result, words })),
)("$text → $result", ({ name, text, result, words }) => {
  expect(text).toContain(name);
  const rendered = render(text).replaceAll("\n", "⏎");
  if (words === "another value for each run") expect(rendered).not.toBe("");
  else expect(rendered).toBe(result ?? "");
});

test("the first example renders to what it seems to", () => {
  const [, text = ""] = /```handlebars\n(.*?)```/s.exec(doc) ?? [];
  expect(render(text)).toBe(
    [
      "apiVersion: v1",
      "kind: ConfigMap",
      "metadata:",
      "  name: galera-instance-address",
      "data:",
      "  address: gcomm://galera-instance-0,galera-instance-1,galera-instance-2",
      "  bootstrap: galera-instance-bootstrap",
      "",
    ].join("\n"),
  );
});
