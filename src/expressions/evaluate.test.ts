import fc from "fast-check";
import { expect, test } from "vitest";
import { KplanError } from "../model/kplan-error.ts";
import { evaluate, isTrue } from "./evaluate.ts";

const SCOPE = {
  Params: { NODE_COUNT: 3, RATIO: 0.75, NAME: "galera", TLS: true, NOTHING: null, LIST: [1, 2.5] },
  Facts: { look: { uuid: "ab-12", seqno: 41 }, "a-b": { n: 1 } },
  Pods: [
    { name: "g-0", ordinal: 0, values: { size: 3, state: "Synced" } },
    { name: "g-1", ordinal: 1, values: { size: 3, state: "Joined" } },
  ],
  Expected: 2,
  constructor: { x: 1 },
};

test.each([
  ["Params.NODE_COUNT + 1", 4],
  ["Params.NODE_COUNT / 2", 1],
  ["double(Params.NODE_COUNT) / 2.0", 1.5],
  ["Params.RATIO * 2", 1.5],
  ["Params.NODE_COUNT - Params.RATIO", 2.25],
  ["Params.NODE_COUNT > 2.5", true],
  ["Params.NODE_COUNT == 3.0", true],
  ["Params.NODE_COUNT % 2 == 1", true],
  ["Params.NOTHING == null", true],
  ["Params.LIST", [1, 2.5]],
  ['Params["NAME"]', "galera"],
  ['Facts["a-b"].n', 1],
  ["has(Facts.look)", true],
  ["has(Facts.look.nothing)", false],
  ["has(Facts.other) && Facts.other.uuid == 'x'", false],
  ["Params.TLS ? 'yes' : 'no'", "yes"],
  ["Pods.all(p, p.values.size == Expected + 1)", true],
  ["Pods.exists(p, p.values.state == 'Joined')", true],
  ["Pods.exists_one(p, p.ordinal == 0)", true],
  ["Pods.filter(p, p.values.state == 'Synced').map(p, p.name)", ["g-0"]],
  ["Pods.map(p, p.ordinal > 0, p.name)", ["g-1"]],
  ["size(Pods) == 2 && Pods.size() == 2", true],
  ["'look' in Facts", true],
  ["3 in [1, 2, 3]", true],
  ["Facts.look.uuid.startsWith('ab') && Facts.look.uuid.matches('^[a-z]+-[0-9]+$')", true],
  ["Facts.look.uuid.split('-').join('+')", "ab+12"],
  ["{'a': 1, 'b': [true, null]}", { a: 1, b: [true, null] }],
  ["type(1) == int", true],
  ["int('5') + 1", 6],
  ["string(1.5)", "1.5"],
  ["constructor.x", 1],
  ["Params.NODE_COUNT > 5 || // a comment\n  Params.TLS", true],
])("%s is %j", (expression, value) => {
  expect(evaluate(expression, SCOPE)).toEqual(value);
});

/** Message and hint of the failure. */
function failureOf(expression: string, scope: Parameters<typeof evaluate>[1] = SCOPE) {
  try {
    return `no failure: ${JSON.stringify(evaluate(expression, scope))}`;
  } catch (error) {
    if (!(error instanceof KplanError)) throw error;
    expect(error.code).toBe("expression");
    return `${error.message}\n${error.hint}`;
  }
}

test.each([
  ["Parms.X > 1", 'there is no Parms, did you mean "Params"?', "^"],
  ["true && Fact.look.n", 'there is no Fact, did you mean "Facts"?', "        ^"],
  ["Params.NODE_CONT > 1", 'there is no NODE_CONT, did you mean "NODE_COUNT"?', "       ^"],
  ["Params.__proto__", "there is no __proto__", "       ^"],
  ["Params.constructor", "there is no constructor", "       ^"],
  ["Params.NAME.constructor", "there is no constructor", "            ^"],
  ["Pods[7]", "there is no item 7 in a list of 2", "^"],
  ["Params.NAME > 1", "string > int has no meaning", "^"],
  ["Params.NOTHING > 1", "null > int has no meaning", "^"],
  ["1 +", "unexpected token: the end", "   ^"],
  ["(1", "expected ), got the end", "  ^"],
  ["true ? 1", "expected :, got the end", "        ^"],
  ["'abc", "unterminated string", "^"],
  ["a = 1", "unexpected character: =", "  ^"],
  ["1 / 0", "division by zero", "^"],
  [
    "Params.NAME.matches('(')",
    "error parsing regexp: missing closing ): `(`",
    "                    ^",
  ],
  ["siz(Pods)", 'there is no function siz, did you mean "size"?', "^"],
  ["timestamp('2020-01-01T00:00:00Z')", "there is no function timestamp", "^"],
  ["cel.bind(x, 1, x)", "there is no function bind", "^"],
  ["b'a'", "there are no bytes here", "^"],
  ["", "there is no expression", "^"],
  ["int", "the value is neither text, number, boolean, null, list nor map", "^"],
  ["9223372036854775807", "the value is no number that can be kept exactly", "^"],
])("%s: %s", (expression, message, caret) => {
  const shown = expression === "" ? "" : expression;
  expect(failureOf(expression)).toBe(`expression "${shown}": ${message}\n${shown}\n${caret}`);
});

test("the line that is wrong is shown, around the place when it is long", () => {
  expect(failureOf("Params.TLS &&\n  Facts.look.n > 1")).toBe(
    'expression "Params.TLS && Facts.look.n > 1": there is no n\n  Facts.look.n > 1\n             ^',
  );
  const long = failureOf(`${"true && ".repeat(30)}nothing`).split("\n");
  expect(long[1]).toHaveLength(80);
  expect(long[2]?.length).toBeLessThanOrEqual(81);
  expect(long[1]?.slice((long[2]?.length ?? 0) - 1)).toBe("nothing");
});

test.each([
  ["nested deep", "(".repeat(100) + 1 + ")".repeat(100)],
  ["of many parts", Array(400).fill("1").join("+")],
  ["of many characters", `'${"x".repeat(5000)}'`],
  ["with many signs", "!".repeat(3990) + true],
])("an expression %s is refused", (_, expression) => {
  expect(failureOf(expression)).toMatch(/too long or nested too deep|longer than 4000 characters/);
});

test.each([
  ["loops in loops", "L.all(a, L.all(b, L.all(c, L.all(d, L.all(e, L.all(f, a + b == b + a))))))"],
  ["lists that double", `[[1, 1]]${".map(a, a + a)".repeat(30)}`],
  ["texts that double", `['ab']${".map(a, a + a)".repeat(30)}`],
  ["comparisons of much that is deep", "L.all(a, L.all(b, D[0] == D[1]))"],
  ["searches in much that is deep", "L.all(a, L.all(b, D[0] in [[D[1]], D[1]]))"],
])("%s end", (_, expression) => {
  const L = Array.from({ length: 100 }, (_, index) => index);
  const scope = { L, D: [0, 1].map(() => [L.map((v) => ({ v, all: L }))]) };
  expect(failureOf(expression, scope)).toContain("it has too much to do");
});

test("a backtracking regular expression takes no time", () => {
  const scope = { X: "a".repeat(5000) };
  expect(evaluate("X.matches('^(a+)+$b')", scope)).toBe(false);
});

test("the same expression is evaluated anew for other values", () => {
  expect([1, "x", [1]].map((X) => evaluate("X == 1", { X }))).toEqual([true, false, false]);
});

test("a condition is true or false and nothing else", () => {
  expect(isTrue("Params.NODE_COUNT > 1", SCOPE)).toBe(true);
  expect(() => isTrue("Params.NODE_COUNT", SCOPE)).toThrow(
    'expression "Params.NODE_COUNT": a condition must be true or false, this is number 3',
  );
});

const words = fc.constantFrom(
  ..."Params Facts Pods Expected . . ( ) [ ] { } , : ? && || ! == < + - * / % in has all map x 1 2.5 'a' true null r\"x\" \\ // \n".split(
    " ",
  ),
  " ",
);

test("no text throws anything but a KplanError", () => {
  const texts = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 30 }).map((parts) => parts.join(" ")),
    fc.array(words, { maxLength: 30 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      failureOf(text);
    }),
    { numRuns: 1000 },
  );
});

test("JSON goes in and comes out as it is", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (X) => {
      const expected = JSON.parse(JSON.stringify(X), (_, v) => (v === 0 ? 0 : v));
      expect(evaluate("X", { X: expected })).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});
