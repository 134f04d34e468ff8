import { expect, test } from "vitest";
import { parseExpression } from "./parse-expression.ts";

const NAMES = ["Params", "Facts", "Capabilities"];

test.each([
  ["Params.NODE_COUNT > 1", ["Params.NODE_COUNT"], "bool"],
  ["Facts.look.uuid == Facts['a-b'].x", ["Facts.look.uuid", "Facts.a-b.x"], "bool"],
  ["Facts[Params.NAME]", ["Facts", "Params.NAME"], "dyn"],
  ["has(Facts.look)", ["Facts.look"], "bool"],
  ["'look' in Facts", ["Facts.look"], "bool"],
  ["Params.NAME in Params.LIST", ["Params.NAME", "Params.LIST"], "bool"],
  ["Facts.all(Params, Params != 'a')", ["Facts"], "bool"],
  ["Facts.look.members.map(m, m.seqno + Params.N)", ["Facts.look.members", "Params.N"], "list"],
  ["Params", ["Params"], "dyn"],
  ["1 + 2", [], "int"],
])("%s reads %j and is %s", (text, paths, type) => {
  const parsed = parseExpression(text, NAMES);
  expect(parsed.problem).toBeUndefined();
  expect(parsed.uses.map(({ path }) => path.join("."))).toEqual(paths);
  expect(parsed.type).toBe(type);
});

test("what an expression asks for need not be there", () => {
  const { uses } = parseExpression("has(Facts.a.b) && 'c' in Facts && Facts.d", NAMES);
  expect(uses.map(({ asked }) => asked)).toEqual([true, true, undefined]);
});

test.each([
  [
    "has(Facts['a-b'])",
    'has() takes names with dots between, as in has(Facts.look.uuid); for others there is "name" in Facts',
    4,
  ],
  ["Params.X > > 1", "unexpected token: >", 11],
  ["true &&\n  Parms.X", 'there is no Parms, did you mean "Params"?', 10],
  ["Pods.all(p, true)", "there is no Pods; there is Params, Facts, Capabilities", 0],
  ["Facts.map(p, q)", "there is no q; there is Params, Facts, Capabilities", 13],
  ["1 + 'a'", "int + string has no meaning", 0],
])("%s: %s", (text, message, offset) => {
  expect(parseExpression(text, NAMES).problem).toEqual({ message, offset });
});
