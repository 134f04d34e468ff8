import bcrypt from "bcryptjs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dialect } from "../model/package.ts";
import { FUNCTIONS, functionsOf } from "./table.ts";
import { type FunctionContext, FunctionError } from "./template-function.ts";

function context(seed = "seed", template = "t.yaml"): FunctionContext {
  let ordinal = 0;
  const startedAt = "2023-11-14T22:13:20Z";
  return { seed, startedAt, template, nextOrdinal: () => ordinal++ };
}

function call(
  name: string,
  args: readonly unknown[],
  where = context(),
  dialect: Dialect = "native",
) {
  const entry = functionsOf(dialect).get(name);
  if (!entry) throw new Error(`no function ${name}`);
  return entry.call(args, where);
}

test("a name stands in the table once per dialect", () => {
  const names = FUNCTIONS.flatMap(({ name, dialects }) =>
    dialects.map((each) => `${each} ${name}`),
  );
  expect(names).toEqual([...new Set(names)]);
});

test("nothing in the table reads files, the network or the environment", () => {
  const forbidden = ["env", "expandenv", "read", "include", "tpl", "lookup"];
  for (const dialect of ["native", "kudo"] as const)
    expect([...functionsOf(dialect).keys()].filter((name) => forbidden.includes(name))).toEqual([]);
});

test("KUDO's getHostByName is refused: it would use the network", () => {
  expect(() => call("getHostByName", ["localhost"], context(), "kudo")).toThrow(/network/);
});

describe("where we differ from Sprig on purpose", () => {
  test.each<[string, readonly unknown[], unknown]>([
    // Sprig 3.3 reads "010" as octal 8, "08" as 0 and "0x1F" as 31; 2.22, which KUDO has, reads base 10 only, and so do we.
    ["int", ["010"], 10],
    ["int", ["08"], 8],
    ["int", ["0x1F"], 0],
    ["int", ["1_000"], 0],
    ["int", ["3.0"], 0],
    // A whole number never gets an exponent.
    ["floor", [1_000_000.5], 1_000_000],
    ["mulf", [1e10, 1e5], 1e15],
    // A character that is cut in two is left out, not half printed.
    ["trunc", [2, "日本"], ""],
    ["trunc", [4, "日本"], "日"],
    ["trunc", [-4, "日本"], "本"],
    ["substr", [0, 4, "日本"], "日"],
    // An int and an int64 are one to us.
    ["duration", [95], "1m35s"],
    ["printf", ["%.2f", 2], "2.00"],
    // The parts of a version are members, not methods.
    [
      "semver",
      ["v1.2-rc.1+b5"],
      {
        Major: 1,
        Minor: 2,
        Patch: 0,
        Prerelease: "rc.1",
        Metadata: "b5",
        Original: "v1.2-rc.1+b5",
      },
    ],
    // Zones without a short name that the platform knows are written as a number.
    ["dateInZone", ["MST", 1_700_000_000, "Asia/Tokyo"], "+09"],
    ["toYaml", [{ b: [1], a: "x" }], "a: x\nb:\n- 1"],
    ["fromYaml", ["a: yes\nb: [1, 010]"], { a: true, b: [1, 8] }],
    ["set", [{ a: 1 }, "b", 2], { a: 1, b: 2 }],
    ["required", ["m", 0], 0],
    ["required", ["m", false], false],
  ])("%s %j → %j", (name, args, expected) => {
    expect(call(name, args)).toEqual(expected);
  });
});

test("an int64 beyond 2^53 equals itself and no other", () => {
  expect(call("eq", [5, 5n])).toBe(true);
  expect(call("deepEqual", [1, 1n])).toBe(true);
  expect(call("lt", [2n ** 60n, 2n ** 60n + 1n])).toBe(true);
});

test.each<[string, readonly unknown[], string]>([
  ["upper", [5], "needs a text, got an integer; convert it with (toString …)"],
  ["upper", [null], "needs a text, got nothing (null)"],
  ["indent", ["2", "a"], "needs an integer, got a text; convert it with (int …)"],
  ["until", [1.5], "needs an integer, got a number"],
  ["first", ["abc"], "needs a list, got a text"],
  ["keys", [[1]], "needs a map, got a list"],
  ["ternary", ["a", "b", "true"], "needs true or false, got a text"],
  ["eq", [3, "3"], "cannot compare an integer with a text; convert one with int or toString"],
  ["eq", [true, "true"], "cannot compare a boolean with a text; convert one with toString"],
  ["eq", [[1], [1]], "cannot compare a list; use deepEqual"],
  ["lt", [true, false], "a boolean is neither less nor greater than another"],
  ["div", [1, 0], "division by zero"],
  ["mod", [1, "x"], "division by zero"],
  ["divf", [1, 0], "division by zero"],
  ["index", [[1], 3], "there is no item 3"],
  ["index", [{ a: 1 }, 0], "a map needs a text as key"],
  ["b64dec", ["!!"], "cannot be decoded: wrong at byte 0"],
  ["b64dec", ["/w=="], "the decoded bytes are not text"],
  ["b32dec", ["a"], "cannot be decoded"],
  ["fromJson", ["{"], "the text is not JSON"],
  ["fromYaml", ["a: [1"], "the text is not YAML: line 1"],
  ["fromYaml", ["a: &x [1]\nb: *y"], "the text is not YAML"],
  ["regexMatch", ["(", "a"], "no regular expression"],
  ["regexMatch", ["(?=a)", "a"], "no regular expression"],
  ["semverCompare", ["oops", "1.2.3"], "no version constraint"],
  ["dateInZone", ["2006", 0, "Mars/Olympus"], 'there is no time zone "Mars/Olympus"'],
  ["date", ["2006", "yesterday"], "needs a time"],
  ["toDate", ["2006-01-02", "2023-02-30"], "is no time of the layout"],
  ["dateModify", ["1 day", 0], "is no duration"],
  ["required", ["set A or B", ""], "set A or B"],
  ["required", ["set A or B", null], "set A or B"],
  ["fail", ["no way"], "no way"],
  ["htpasswd", ["a:b", "x"], "the user name contains a colon"],
  ["bcrypt", ["é".repeat(37)], "longer than 72 bytes"],
  ["randInt", [5, 5], "the range is empty"],
  ["urlParse", ["http://h/%zz"], "wrong % escape"],
  ["dig", ["a", "b", "x", { a: 1 }], "what holds b is not a map"],
])("%s %j is refused: %s", (name, args, message) => {
  expect(() => call(name, args)).toThrow(FunctionError);
  expect(() => call(name, args)).toThrow(message);
});

test.each<[string, readonly unknown[]]>([
  ["until", [1_000_000_000]],
  ["untilStep", [0, Number.MAX_SAFE_INTEGER, 1]],
  ["seq", [1_000_000_000]],
  ["repeat", [1_000_000_000, "ab"]],
  ["repeat", [Number.MAX_SAFE_INTEGER, "a"]],
  ["indent", [1_000_000_000, "a\nb"]],
  ["nindent", [1_000_000_000, ""]],
  ["replace", ["", "x".repeat(1000), "y".repeat(10_000)]],
  ["splitList", ["", "x".repeat(200_000)]],
  ["randAlphaNum", [1_000_000_000]],
  ["randBytes", [1_000_000_000]],
  ["printf", ["%999999999d", 1]],
  ["printf", ["%.999999999d", 1]],
  ["printf", ["%*d", 999_999_999, 1]],
  ["wrapWith", [1, "x".repeat(1000), "y".repeat(100_000)]],
  ["regexReplaceAll", ["", "y".repeat(10_000), "x".repeat(1000)]],
  ["concat", [Array(60_000).fill(1), Array(60_000).fill(1)]],
])("%s is bounded", (name, args) => {
  expect(() => call(name, args)).toThrow(FunctionError);
});

test("a regular expression that would hang elsewhere takes linear time", () => {
  expect(call("regexMatch", ["^(a+)+$", `${"a".repeat(50_000)}b`])).toBe(false);
});

describe("random values", () => {
  const RANDOM: readonly (readonly [string, readonly unknown[], RegExp])[] = [
    ["randAlphaNum", [40], /^[A-Za-z0-9]{40}$/],
    ["randAlpha", [40], /^[A-Za-z]{40}$/],
    ["randNumeric", [40], /^[0-9]{40}$/],
    ["randAscii", [40], /^[ -~]{40}$/],
    ["randBytes", [30], /^[A-Za-z0-9+/]{40}$/],
    ["randInt", [10, 1000], /^\d{2,3}$/],
    ["uuidv4", [], /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    ["shuffle", ["abcdefghijklmnopqrstuvwxyz"], /^[a-z]{26}$/],
  ];

  test.each(RANDOM)(
    "%s %j has its form, and is fixed by seed, template and order",
    (name, args, form) => {
      const value = call(name, args);
      expect(String(value)).toMatch(form);
      expect(call(name, args)).toBe(value);
      const others = [
        call(name, args, context("other")),
        call(name, args, context("seed", "other")),
      ];
      const later = context();
      call(name, args, later);
      expect([...others, call(name, args, later)].filter((other) => other === value)).toEqual([]);
    },
  );

  test("no letter is left out, none is favoured", () => {
    const counts = new Map<string, number>();
    for (const char of String(call("randNumeric", [20_000])))
      counts.set(char, (counts.get(char) ?? 0) + 1);
    for (const digit of "0123456789") expect(counts.get(digit)).toBeGreaterThan(1800);
  });

  test("shuffle loses nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (s) => {
        const sorted = (text: string) => Array.from(text).sort().join("");
        expect(sorted(String(call("shuffle", [s])))).toBe(sorted(s));
      }),
    );
  });

  test("htpasswd can be checked by bcrypt", () => {
    const [user, hash = ""] = String(call("htpasswd", ["admin", "s3cret"])).split(":");
    expect(user).toBe("admin");
    expect(hash).toMatch(/^\$2a\$10\$/);
    expect(bcrypt.compareSync("s3cret", hash)).toBe(true);
  });
});

describe("quantityBytes", () => {
  test.each<[unknown, number]>([
    ["1Gi", 2 ** 30],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["512M", 512_000_000],
    ["1e9", 1_000_000_000],
    ["1500m", 2],
    ["0", 0],
    [4096, 4096],
  ])("%j is %d bytes", (size, bytes) => {
    expect(call("quantityBytes", [size])).toBe(bytes);
  });

  test.each([["1GB"], ["-1Gi"], [""], ["much"], ["1Ei"], [null], [["1Gi"]]])(
    "%j is no size",
    (size) => {
      expect(() => call("quantityBytes", [size])).toThrow(FunctionError);
    },
  );
});

describe("time", () => {
  test.each<[string, readonly unknown[], string]>([
    ["now", [], "2023-11-14T22:13:20Z"],
    ["ago", ["2023-11-14T20:03:15Z"], "2h10m5s"],
    ["ago", [1_700_000_060], "-1m0s"],
    ["durationRound", ["2023-11-14T20:03:15Z"], "2h"],
    ["toDate", ["2006-01-02", "2024-02-29"], "2024-02-29T00:00:00Z"],
    ["dateModify", ["-0.5s", "2024-02-29T00:00:00Z"], "2024-02-28T23:59:59.500Z"],
    ["date", ["02.01.06 15:04", "2024-02-29T12:00:00+02:00"], "29.02.24 10:00"],
  ])("%s %j → %s", (name, args, expected) => expect(call(name, args)).toBe(expected));
});

describe("KUDO's dialect", () => {
  test.each<[string, readonly unknown[], unknown]>([
    ["toYaml", [{ Baz: "Quux", Foo: "Bar" }], "Baz: Quux\nFoo: Bar\n"],
    ["b64dec", ["!!"], "illegal base64 data at input byte 0"],
    ["b32dec", ["!!"], "illegal base32 data at input byte 0"],
    ["hello", [], "Hello!"],
    ["until", [-2], [0, -1]],
    ["quote", [null], ""],
    ["join", ["-", ["a", null, "b"]], "a-b"],
  ])("%s %j → %j", (name, args, expected) =>
    expect(call(name, args, context(), "kudo")).toEqual(expected),
  );

  test.each(["env", "dig", "get", "seq", "fromJson", "addf", "chunk"])("has no %s", (name) => {
    expect(functionsOf("kudo").has(name)).toBe(false);
  });

  test("set, unset and merge change their map, as in Go", () => {
    const map = { a: 1 };
    call("set", [map, "b", 2], context(), "kudo");
    call("unset", [map, "a"], context(), "kudo");
    call("merge", [map, { c: 3 }], context(), "kudo");
    expect(map).toEqual({ b: 2, c: 3 });
  });
});

describe("no function", () => {
  const values = fc.oneof(
    fc.jsonValue(),
    fc.string(),
    fc.integer({ min: -20, max: 20 }),
    fc.constantFrom(null, "__proto__", "constructor", "%d", "2006", [], {}, 2n ** 63n - 1n),
  );
  const names = [...functionsOf("native").keys()].filter(
    (name) => !/^(htpasswd|bcrypt)$/.test(name),
  );

  test("changes its arguments, or throws anything but a FunctionError", () => {
    const anyCall = fc.tuple(fc.constantFrom(...names), fc.array(values, { maxLength: 4 }));
    fc.assert(
      fc.property(anyCall, ([name, args]) => {
        const [fewest, most] = functionsOf("native").get(name)?.arity ?? [0, 0];
        const given = structuredClone(args).slice(0, Math.min(most, 6));
        while (given.length < fewest) given.push("x");
        const before = structuredClone(given);
        try {
          call(name, given);
        } catch (error) {
          expect(error).toBeInstanceOf(FunctionError);
        }
        expect(given).toEqual(before);
      }),
      { numRuns: 1000 },
    );
  });

  test("reaches a prototype", () => {
    const hostile = JSON.parse('{"__proto__": {"polluted": true}}');
    for (const args of [
      [{}, hostile],
      [hostile, { a: 1 }],
    ]) {
      call("merge", args);
      call("mergeOverwrite", args);
    }
    call("merge", [{}, hostile], context(), "kudo");
    call("set", [{}, "__proto__", { polluted: true }], context(), "kudo");
    call("dict", ["__proto__", { polluted: true }]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    for (const name of ["constructor", "__proto__", "toString"]) {
      expect(call("get", [{}, name])).toBe("");
      expect(call("index", [{}, name])).toBeNull();
      expect(call("hasKey", [{}, name])).toBe(false);
    }
  });
});

test("whole numbers are exact to 64 bits and wrap round there", () => {
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  fc.assert(
    fc.property(int64, int64, (a, b) => {
      expect(BigInt(call("add", [a, b]) as number)).toBe(BigInt.asIntN(64, a + b));
      expect(BigInt(call("mul", [a, String(b)]) as number)).toBe(BigInt.asIntN(64, a * b));
      expect(call("int", [String(a)])).toEqual(call("int64", [a]));
    }),
  );
});

test("what is encoded is decoded again", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }).map((s) => Buffer.from(s).toString()),
      fc.jsonValue(),
      (s, value) => {
        expect(call("b64dec", [call("b64enc", [s])])).toBe(s);
        expect(call("b32dec", [call("b32enc", [s])])).toBe(s);
        const json = JSON.parse(JSON.stringify(value));
        expect(call("fromJson", [call("toJson", [value])])).toEqual(json);
        expect(call("fromJson", [call("toPrettyJson", [value])])).toEqual(json);
      },
    ),
  );
});
