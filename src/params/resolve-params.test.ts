import fc from "fast-check";
import { expect, test } from "vitest";
import { formatIssue } from "../model/issue.ts";
import type { Json } from "../model/json.ts";
import type { Parameter, ParameterType } from "../model/parameter.ts";
import { resolveParams } from "./resolve-params.ts";

const at = { file: "params.yaml", line: 1, col: 1 };

function parameter(name: string, type: ParameterType, more: Partial<Parameter> = {}): Parameter {
  return { name, type, required: true, immutable: false, at, ...more };
}

test("given values, defaults, references to secrets, and nothing", () => {
  const declared = [
    parameter("A", "integer", { default: 1 }),
    parameter("B", "integer", { default: 2 }),
    parameter("C", "string", { required: false }),
    parameter("D", "secret", { required: false }),
    parameter("E", "string", { default: "" }),
  ];
  expect(resolveParams(declared, { A: 5, OTHER: 1 }, "db")).toEqual({
    values: { A: 5, B: 2, C: null, D: { name: "db-secrets", key: "D" }, E: "" },
    issues: [],
  });
});

test("all that is required and missing is said at once", () => {
  const declared = [
    parameter("A", "integer"),
    parameter("B", "string", { displayName: "The B" }),
    parameter("C", "secret"),
    parameter("D", "secret"),
    parameter("E", "secret"),
    parameter("toString", "string"),
  ];
  const { values, issues } = resolveParams(declared, { D: "given" }, "db", ["E"]);
  expect(issues.map(formatIssue)).toEqual([
    "error: parameter A is required and has no value\n  give it: -p A=VALUE",
    "error: parameter B (The B) is required and has no value\n  give it: -p B=VALUE",
    "error: parameter C is required and has no value\n  give it: -p C=@FILE",
    "error: parameter toString is required and has no value\n  give it: -p toString=VALUE",
  ]);
  expect(values.D).toEqual({ name: "db-secrets", key: "D" });
});

test("law: every declared name has a value, given before default before null, and a required one without it an issue", () => {
  const declared = fc.uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[A-Z_]{1,6}$/),
      secret: fc.boolean(),
      required: fc.boolean(),
      fallback: fc.option(fc.string(), { nil: undefined }),
      given: fc.option(fc.string(), { nil: undefined }),
    }),
    { selector: ({ name }) => name },
  );
  fc.assert(
    fc.property(declared, (cases) => {
      const given: Record<string, Json> = {};
      for (const each of cases) if (each.given !== undefined) given[each.name] = each.given;
      const parameters = cases.map(({ name, secret, required, fallback }) =>
        parameter(name, secret ? "secret" : "string", {
          required,
          ...(!secret && fallback !== undefined && { default: fallback }),
        }),
      );
      const { values, issues } = resolveParams(parameters, given, "db");
      expect(Object.keys(values).sort()).toEqual(cases.map(({ name }) => name).sort());
      for (const each of cases) {
        const plain = each.given ?? each.fallback ?? null;
        expect(values[each.name]).toEqual(
          each.secret ? { name: "db-secrets", key: each.name } : plain,
        );
      }
      const missing = cases.filter(
        (each) =>
          each.required && each.given === undefined && (each.secret || each.fallback === undefined),
      );
      expect(issues).toHaveLength(missing.length);
    }),
  );
});
