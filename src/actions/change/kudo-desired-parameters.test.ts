import { expect, test } from "vitest";
import type { OperatorPackage } from "../../model/package.ts";
import { readKudoPackage } from "../../package/kudo/kudo-package.ts";
import { parseKudoAssignments } from "../../params/kudo-assignments.ts";
import { desiredParameters } from "./desired-parameters.ts";

const OPERATOR = "apiVersion: kudo.dev/v1beta1\nname: shop\noperatorVersion: 0.1.0\n";
const PARAMS = [
  "{name: COUNT, type: integer, default: 2}",
  "{name: COLOR, enum: [red, blue], default: red}",
  "{name: ZONE, default: a, immutable: true}",
  "{name: KEY, immutable: true, required: false}",
  "{name: OWNER}",
  "{name: LIST, type: array}",
];

function shop(params: readonly string[]): OperatorPackage {
  const text = `parameters:\n${params.map((each) => `  - ${each}\n`).join("")}`;
  const files = { "operator.yaml": OPERATOR, "params.yaml": text };
  const { pkg } = readKudoPackage(
    "shop",
    new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)])),
  );
  if (!pkg) throw new Error("no package");
  return pkg;
}

/** `A=1 B=2`. */
const texts = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(" ")
      .filter(Boolean)
      .map((pair) => pair.split("=") as [string, string]),
  );

interface Case {
  readonly is: string;
  /** Of the version before, when it is an upgrade. */
  readonly before?: readonly string[];
  /** What the Instance stores; a new one when absent. */
  readonly has?: string;
  readonly given?: string;
  readonly unset?: readonly string[];
  readonly stored?: string;
  readonly refused?: readonly RegExp[];
}

test.each<Case>([
  { is: "a new one stores immutable defaults", given: "OWNER=me", stored: "ZONE=a OWNER=me" },
  {
    is: "a new one takes what nobody declares",
    given: "OWNER=me ODD=1",
    stored: "ZONE=a OWNER=me ODD=1",
  },
  { is: "required and absent", refused: [/OWNER is required/] },
  {
    is: "all at once",
    given: "COUNT=x COLOR=green",
    refused: [/COUNT: expected an integer/, /COLOR: expected one of/, /OWNER is required/],
  },
  {
    is: "an update stores what it is given",
    has: "OWNER=me",
    given: "COUNT=3",
    stored: "OWNER=me COUNT=3",
  },
  {
    is: "an update may not bring an unknown name",
    has: "OWNER=me",
    given: "CUONT=3",
    refused: [/no parameter "CUONT", did you mean "COUNT"/],
  },
  {
    is: "an update may not change one",
    has: "OWNER=me ODD=1",
    given: "ODD=2",
    refused: [/no parameter "ODD"/],
  },
  {
    is: "an update may say it again",
    has: "OWNER=me ODD=1",
    given: "ODD=1",
    stored: "OWNER=me ODD=1",
  },
  { is: "an update may unset it", has: "OWNER=me ODD=1", unset: ["ODD"], stored: "OWNER=me" },
  { is: "immutable", has: "OWNER=me ZONE=a", given: "ZONE=b", refused: [/ZONE is immutable/] },
  {
    is: "immutable, given as it is",
    has: "OWNER=me ZONE=a",
    given: "ZONE=a",
    stored: "OWNER=me ZONE=a",
  },
  {
    is: "nothing to unset",
    has: "OWNER=me",
    unset: ["OWNR"],
    refused: [/--unset OWNR: .*did you mean "OWNER"/],
  },
  {
    is: "immutable, unset to what it is",
    has: "OWNER=me ZONE=a",
    unset: ["ZONE"],
    stored: "OWNER=me ZONE=a",
  },
  {
    is: "immutable, unset to another value",
    has: "OWNER=me ZONE=b",
    unset: ["ZONE"],
    refused: [/ZONE is immutable/],
  },
  {
    is: "immutable without a value gets one",
    has: "OWNER=me",
    given: "KEY=k",
    refused: [/KEY is immutable/],
  },
  { is: "no list", has: "OWNER=me", given: "LIST=a", refused: [/LIST: expected a list/] },
  { is: "a list", has: "OWNER=me", given: "LIST=[a]", stored: "OWNER=me LIST=[a]" },
  {
    is: "an upgrade forgets what is declared no more, and keeps what never was",
    before: [...PARAMS, "{name: OLD}"],
    has: "OWNER=me OLD=1 ODD=1",
    stored: "OWNER=me ODD=1",
  },
])("$is", ({ before, has, given = "", unset = [], stored, refused = [] }) => {
  const pkg = shop(PARAMS);
  const set = Object.entries(texts(given)).map(([name, text]) => `${name}=${text}`);
  const { given: read, issues: said } = parseKudoAssignments(pkg.parameters, { set, files: [] });
  const { desired, issues } = desiredParameters(
    pkg,
    { given: read, secrets: {}, unset: [...unset], issues: said },
    {
      name: "shop",
      ...(has !== undefined && { [before ? "stored" : "current"]: texts(has) }),
      ...(before && { declaredBefore: shop(before).parameters }),
    },
  );
  const errors = issues.filter(({ severity }) => severity === "error");
  expect(errors.map(({ message }) => message)).toEqual(
    refused.map((why) => expect.stringMatching(why)),
  );
  if (stored !== undefined) expect(desired.stored).toEqual(texts(stored));
});

test("templates are given every declared parameter as a text", () => {
  const pkg = shop(PARAMS);
  const assigned = { given: { OWNER: "me" }, secrets: {}, unset: [], issues: [] };
  expect(desiredParameters(pkg, assigned, { name: "shop" }).desired.values).toEqual({
    COUNT: "2",
    COLOR: "red",
    ZONE: "a",
    KEY: "",
    OWNER: "me",
    LIST: "null\n",
  });
});
