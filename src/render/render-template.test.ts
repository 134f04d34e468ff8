import fc from "fast-check";
import Handlebars from "handlebars";
import { describe, expect, test } from "vitest";
import { formatIssue } from "../model/issue.ts";
import { KplanError } from "../model/kplan-error.ts";
import type { Parameter, ParameterType } from "../model/parameter.ts";
import type { RunConstants, TemplateScope } from "../model/scope.ts";
import { renderTemplate } from "./render-template.ts";

const constants: RunConstants = { seed: "run-1", startedAt: "2023-11-14T22:13:20Z" };

const TYPES: Readonly<Record<string, ParameterType>> = {
  NODE_COUNT: "integer",
  RATIO: "number",
  BIG: "integer",
  ON: "boolean",
  OFF: "boolean",
  TEXT: "string",
  NONE: "string",
  LIST: "array",
  MAP: "map",
  EMPTY: "map",
  PASSWORD: "secret",
};

const declared: Parameter[] = Object.entries(TYPES).map(([name, type]) => ({
  name,
  type,
  required: false,
  immutable: false,
  at: { file: "params.yaml", line: 1, col: 1 },
}));

const scope: TemplateScope = {
  Name: "galera-instance",
  Namespace: "db",
  OperatorName: "galera",
  OperatorVersion: "1.0.0",
  AppVersion: "10.11",
  PlanName: "deploy",
  PhaseName: "nodes",
  StepName: "firstboot_config",
  TaskName: "config",
  Params: {
    NODE_COUNT: 3,
    RATIO: 0.5,
    BIG: 1_000_000,
    ON: true,
    OFF: false,
    TEXT: "a <b> & 'c'",
    NONE: null,
    LIST: ["a", { host: "h", port: 1 }, ["x"]],
    MAP: { z: 1, a: "x", n: null, sub: { k: [1, 2] } },
    EMPTY: {},
    PASSWORD: { name: "galera-instance-secrets", key: "PASSWORD" },
  },
  Pipes: { cert: "galera-cert" },
  Facts: { seqno: { best: 7 } },
  Capabilities: { KubeVersion: { Major: 1, Minor: 30 }, APIVersions: ["v1", "policy/v1"] },
};

function render(text: string, key = "x.yaml"): string {
  return renderTemplate({ key, text, scope, constants, declared });
}

/** The text, or the issues as people see them, without hints. */
function outcome(text: string): string {
  try {
    return render(text);
  } catch (error) {
    if (!(error instanceof KplanError)) throw error;
    expect(error.kind).toBe("bad-input");
    return error.issues.map((issue) => formatIssue(issue).split("\n")[0]).join("\n");
  }
}

describe("what a template says", () => {
  test.each([
    ["{{Name}}-{{OperatorName}}.{{Namespace}}", "galera-instance-galera.db"],
    ['{{#if (eq StepName "firstboot_config")}}boot{{/if}}', "boot"],
    ['{{#if (ne StepName "firstboot_config")}}boot{{else}}node{{/if}}', "node"],
    ["{{#unless Params.OFF}}off{{/unless}}", "off"],
    [
      "gcomm://{{Name}}-0{{#each (untilStep 1 Params.NODE_COUNT 1)}},{{@root.Name}}-{{this}}{{/each}}",
      "gcomm://galera-instance-0,galera-instance-1,galera-instance-2",
    ],
    // Nothing is escaped, numbers and booleans are themselves, nothing prints as nothing.
    ["{{Params.TEXT}} {{{Params.TEXT}}} {{&Params.TEXT}}", "a <b> & 'c' a <b> & 'c' a <b> & 'c'"],
    [
      "{{Params.NODE_COUNT}} {{Params.RATIO}} {{Params.BIG}} {{Params.ON}} [{{Params.NONE}}]",
      "3 0.5 1000000 true []",
    ],
    [
      "{{Params.MAP.sub.k.[1]}} {{Params.LIST.1.host}} {{Params.LIST.length}} {{Params.LIST.[0]}}",
      "2 h 3 a",
    ],
    ["{{Params.PASSWORD.name}}/{{Params.PASSWORD.key}}", "galera-instance-secrets/PASSWORD"],
    ["{{Pipes.cert}} {{Facts.seqno.best}} {{Capabilities.KubeVersion.Minor}}", "galera-cert 7 30"],
    ['{{#if (has "policy/v1" Capabilities.APIVersions)}}v1{{else}}v1beta1{{/if}}', "v1"],
    // Empty is one thing everywhere.
    ["{{#if Params.EMPTY}}full{{else}}empty{{/if}} {{empty Params.EMPTY}}", "empty true"],
    ["{{#if 0}}full{{else}}empty{{/if}} {{#if 0 includeZero=true}}full{{/if}}", "empty full"],
    ["{{#with Params.EMPTY}}full{{else}}empty{{/with}}", "empty"],
    ["{{#if Params.OFF}}a{{else if Params.ON}}b{{else}}c{{/if}}", "b"],
    ["{{^if Params.OFF}}off{{/if}}", "off"],
    // What may be absent can be asked for.
    ['{{default "d" Params.MAP.none}} {{#if Params.MAP.none.deeper}}x{{/if}}', "d "],
    ['{{#each Params.MAP.none}}x{{else}}none{{/each}} {{coalesce Facts.none "c"}}', "none c"],
    ['{{or Params.MAP.none "o"}} {{and Params.ON Params.NODE_COUNT}} {{not Facts.x}}', "o 3 true"],
    ['{{#if (and Params.EMPTY (fail "never"))}}x{{/if}}', ""],
    ['{{lookup Params.MAP "a"}} {{lookup Params.LIST 0}} [{{lookup Params.MAP "none"}}]', "x a []"],
    // Loops.
    ["{{#each Params.MAP.sub.k as |n i|}}{{i}}={{n}} {{/each}}", "0=1 1=2 "],
    ["{{#each Params.MAP as |v k|}}{{k}} {{/each}}", "a n sub z "],
    ["{{#each Params.MAP}}{{@key}}{{#if @last}}.{{else}},{{/if}}{{/each}}", "a,n,sub,z."],
    [
      '{{#each (list "a" "b")}}{{#each (list 1 2)}}{{@../index}}{{@index}}{{../this}}{{this}} {{/each}}{{/each}}',
      "00a1 01a2 10b1 11b2 ",
    ],
    [
      '{{#each (list (dict "Name" "n"))}}{{this.Name}} {{@root.Name}} {{../Name}}{{/each}}',
      "n galera-instance galera-instance",
    ],
    [
      "{{#with Params.MAP.sub as |s|}}{{s.k.[0]}}{{k.[1]}}{{../Name}}{{/with}}",
      "12galera-instance",
    ],
    ["{{#with Params}}{{NODE_COUNT}}{{/with}}", "3"],
    ["{{#each (list 1) as |upper|}}{{upper}}{{/each}}", "1"],
    // White space: Handlebars' rules.
    ["a:\n{{#if Params.ON}}\n  b: 1\n{{/if}}\nc: 2\n", "a:\n  b: 1\nc: 2\n"],
    ["a {{~Name~}} b", "agalera-instanceb"],
    ["{{! comment }}{{!-- {{no}} --}}x", "x"],
    ["\\{{Name}} {{Name}}", "{{Name}} galera-instance"],
    ["m:\n  {{toYaml Params.MAP.sub}}", "m:\n  k:\n- 1\n- 2"],
    ["m:{{nindent 2 (toYaml Params.MAP.sub)}}", "m:\n  k:\n  - 1\n  - 2"],
    ["", ""],
  ])("%s", (text, expected) => {
    expect(outcome(text)).toBe(expected);
  });
});

describe("what is refused, with its place", () => {
  const at = (place: string, message: string) => `templates/x.yaml:${place}: error: ${message}`;

  test.each([
    [
      "a\n  {{Params.NODE_CUONT}}",
      "2:5",
      'no parameter NODE_CUONT is declared in params.yaml, did you mean "NODE_COUNT"?',
    ],
    ["{{Nmae}}", "1:3", 'there is no Nmae, did you mean "Name"?'],
    ["{{NODE_COUNT}}", "1:3", "NODE_COUNT is a parameter"],
    ["{{eq NODE_COUNT 1}}", "1:6", "NODE_COUNT is a parameter"],
    ["{{quote now}}", "1:9", "now is a function"],
    ["{{quoet Name}}", "1:3", 'there is no function quoet, did you mean "quote"?'],
    ["{{#if (eqq 1 2)}}{{/if}}", "1:8", 'there is no function eqq, did you mean "eq"?'],
    [
      "{{Capabilities.KubeVersoin.Major}}",
      "1:3",
      'Capabilities has no KubeVersoin, did you mean "KubeVersion"?',
    ],
    ["{{Name.first}}", "1:3", "Name is a text: it has no member first"],
    ["{{Params.TEXT.x}}", "1:3", "Params.TEXT is a text: it has no member x"],
    [
      "{{Params.LIST.first}}",
      "1:3",
      "Params.LIST is a list: it has items 0, 1, … and a length, no first",
    ],
    [
      "{{Params.PASSWORD}}",
      "1:3",
      "Params.PASSWORD is a secret: a template can only say where it is kept",
    ],
    [
      "{{Params.PASSWORD.value}}",
      "1:3",
      "Params.PASSWORD is a secret: it has a name and a key, no value",
    ],
    ["{{Params.MAP}}", "1:3", "Params.MAP is a map and cannot be printed as text"],
    ["{{Params.LIST}}", "1:3", "Params.LIST is a list and cannot be printed as text"],
    ["{{Params.MAP.sub}}", "1:3", "a map cannot be printed as text"],
    ["{{list 1 2}}", "1:1", "a list cannot be printed as text"],
    ["{{Params.MAP.zz}}", "1:3", 'Params.MAP.zz: there is no zz, did you mean "z"?'],
    ["{{Params.MAP.n.x}}", "1:3", "Params.MAP.n.x: nothing (null) has no x"],
    ["{{Facts.seqno.bset}}", "1:3", 'Facts.seqno.bset: there is no bset, did you mean "best"?'],
    ["{{quote Params.MAP.zz}}", "1:9", 'Params.MAP.zz: there is no zz, did you mean "z"?'],
    [
      '{{get Params "NODE"}}',
      "1:14",
      'no parameter NODE is declared in params.yaml, did you mean "NONE"?',
    ],
    [
      '{{lookup Params "NODE"}}',
      "1:17",
      'no parameter NODE is declared in params.yaml, did you mean "NONE"?',
    ],
    ["{{#with Params}}{{TYPO}}{{/with}}", "1:19", "no parameter TYPO is declared in params.yaml"],
    [
      "{{#each Params.LIST}}{{Name}}{{/each}}",
      "1:24",
      "within {{#each}} and {{#with}}, Name means a member of the item",
    ],
    [
      "{{#each Params.LIST}}{{quote Params.TEXT}}{{/each}}",
      "1:30",
      "within {{#each}} and {{#with}}, Params means a member of the item",
    ],
    ["{{#each Params.LIST as |item|}}{{itme}}{{/each}}", "1:34", "itme: a text has no itme"],
    [
      "{{#each Params.TEXT}}{{/each}}",
      "1:9",
      "Params.TEXT is a text: there is nothing to loop over",
    ],
    ["{{#each Params.MAP.z}}{{/each}}", "1:9", "{{#each}} needs a list or a map, got an integer"],
    [
      "{{this}}",
      "1:3",
      "this stands for everything here: it means something only within {{#each}} and {{#with}}",
    ],
    [
      "{{toYaml this}}",
      "1:10",
      "this stands for everything here: it means something only within {{#each}} and {{#with}}",
    ],
    ["{{toYaml @root}}", "1:10", "@root alone stands for everything"],
    ["{{../Name}}", "1:3", "../Name leads out of the template: 0 blocks are around it"],
    [
      "{{#if Params.ON}}{{../Name}}{{/if}}",
      "1:20",
      "../Name leads out of the template: 0 blocks are around it",
    ],
    ["{{@index}}", "1:3", "@index has no meaning outside {{#each}}"],
    [
      "{{#each Params.LIST}}{{@../index}}{{/each}}",
      "1:24",
      "@../index has no meaning outside 2 loops",
    ],
    ["{{@indx}}", "1:3", 'there is no @indx, did you mean "index"?'],
    ["{{quote}}{{indent 2}}", "1:12", "indent takes 2 arguments, got 1"],
    ["{{trim Name Name}}", "1:3", "trim takes 1 argument, got 2"],
    ["{{default 1 value=1}}", "1:13", "default knows no value=; arguments stand in order"],
    ["{{#if Name extra=1}}{{/if}}", "1:12", "{{#if}} knows no extra="],
    ["{{#if}}x{{/if}}", "1:1", "{{#if}} takes one value, got 0"],
    ["{{#if eq 1 1}}x{{/if}}", "1:1", "{{#if}} takes one value, got 3"],
    ["{{#if Name as |x|}}x{{/if}}", "1:1", "{{#if}} gives 0 names, not 1"],
    ["{{#each Params.LIST as |a b c|}}x{{/each}}", "1:1", "{{#each}} gives 2 names, not 3"],
    [
      "{{#Params.LIST}}x{{/Params.LIST}}",
      "1:4",
      "there is no block #Params.LIST; there are #if, #unless, #each, #with",
    ],
    [
      "{{#eech Params.LIST}}x{{/eech}}",
      "1:4",
      'there is no block #eech, did you mean "each"?; there are #if, #unless, #each, #with',
    ],
    [
      "{{upper Params.NODE_COUNT}}",
      "1:1",
      "upper: needs a text, got an integer; convert it with (toString …)",
    ],
    [
      '{{eq Params.ON "true"}}',
      "1:1",
      "eq: cannot compare a boolean with a text; convert one with toString",
    ],
    ['{{fail "choose one"}}', "1:1", "choose one"],
    ['{{required "set NONE" Params.NONE}}', "1:1", "set NONE"],
    ["{{> part}}", "1:1", "partials and decorators are not part of the language"],
    ["{{#> part}}x{{/part}}", "1:1", "partials and decorators are not part of the language"],
    ['{{#*inline "p"}}x{{/inline}}', "1:1", "partials and decorators are not part of the language"],
    ["{{* decorate}}", "1:1", "partials and decorators are not part of the language"],
    ["{{log Name}}", "1:3", "there is no function log"],
    ["{{helperMissing Name}}", "1:3", "there is no function helperMissing"],
    ['{{"text"}}{{12}}', "1:1", "a text or number between {{ and }} has no use"],
  ])("%s", (text, place, message) => {
    expect(outcome(text).split("\n")[0]).toBe(at(place, message));
  });

  test.each([
    ["a\n{{#if Name}}\n x", "2:1", "{{#if}} is not closed: {{/if}} is missing"],
    ["{{#if Name}}{{#each Params.LIST}}{{/if}}", "1:16", "{{#each}} is closed by {{/if}}"],
    ["x{{/if}}", "1:2", "this closes a block that was not opened"],
    ["{{else}}", "1:1", "{{else}} stands outside a block, or twice in one"],
    [
      "{{#if Name}}{{else}}{{else}}{{/if}}",
      "1:21",
      "{{else}} stands outside a block, or twice in one",
    ],
    ["a\n\n {{ Name", "3:5", "the tag is not closed: }} is missing"],
    ["{{!-- a", "1:1", "a comment or tag that begins here is not closed"],
    ["{{quote a=}}", "1:11", "something is missing before this"],
    ["{{}}", "1:3", "something is missing before this"],
    ["{{Name/../x}}", "1:3", "Name/.. is no path: .. and this can only stand first"],
    ['{{ "a }}', "1:4", '"\\"" cannot stand here'],
    ["{{.Params.X | quote}}", "1:3", "a name does not begin with a dot"],
    ["{{Params.X | quote}}", "1:12", "there are no pipes"],
    ["{a: {{Name}}}", "1:11", "}}} closes {{{ only"],
    ["{{{Name}}", "1:8", "{{{ is closed by }}}"],
    ["{{#if Params.X > 1}}y{{/if}}", "1:16", "there are no operators"],
    ["{{#if Params.X == 1}}y{{/if}}", "1:16", "there are no operators"],
    ["{{#if !Params.X}}y{{/if}}", "1:7", "there are no operators"],
    ["{{#if Params.X && Name}}y{{/if}}", "1:16", "there are no operators"],
    ["{{Params.LIST.0}}", "1:15", "write the number of an item in brackets: .[0]"],
  ])("broken: %j", (text, place, message) => {
    expect(outcome(text)).toBe(at(place, message));
  });

  test.each([
    ["{a: {{Name}}}", 'where } belongs to the YAML, write "{{X}}" in quotes'],
    ["{{Params.X | quote}}", "write (quote X) for X | quote, and {{quote X}} in a tag"],
    ["{{range Params.LIST}}", "a loop is written {{#each LIST}} … {{/each}}"],
    ["{{if Name}}", "a condition is written {{#if X}} … {{/if}}"],
    ["{{end}}", "a block is closed by its name: {{/if}}, {{/each}}"],
    ["{{Values.x}}", "parameters are Params.NAME"],
  ])("what is right elsewhere is answered with what is right here: %s", (text, hint) => {
    expect(() => render(text)).toThrow(
      expect.objectContaining({ issues: [expect.objectContaining({ hint })] }),
    );
  });

  test("all of a template's problems are reported at once, in order", () => {
    const text = "{{Nmae}}\n{{quoet 1}}\n{{#each Params.X}}{{Name}}{{/each}}\n{{> p}}";
    expect(
      outcome(text)
        .split("\n")
        .map((line) => line.split(":").slice(1, 3).join(":")),
    ).toEqual(["1:3", "2:3", "3:9", "3:21", "4:1"]);
  });
});

describe("hostile templates", () => {
  test.each([
    "{{constructor}}",
    "{{this.constructor}}",
    "{{__proto__}}",
    "{{Params.__proto__}}",
    "{{Params.constructor.constructor}}",
    "{{Params.MAP.__proto__.polluted}}",
    "{{Params.MAP.toString}}",
    "{{Params.MAP.hasOwnProperty}}",
    "{{Params.MAP.prototype}}",
    "{{Params.[__proto__]}}",
    "{{Facts.constructor.name}}",
    "{{@root.constructor}}",
    "{{@root.__proto__.toString}}",
    "{{#with Params.MAP}}{{constructor}}{{/with}}",
    "{{#each Params.LIST}}{{this.constructor}}{{/each}}",
    "{{#each Params.LIST as |x|}}{{x.__proto__}}{{/each}}",
    '{{#with "s" as |s|}}{{s.constructor}}{{/with}}',
    "{{Params.LIST.constructor}}",
    "{{Params.LIST.map}}",
    '{{Params.LIST.filter.constructor "return process"}}',
    "{{@constructor}}",
    "{{@root.@constructor}}",
    '{{constructor "x"}}',
    "{{toString.call Name}}",
    '{{hasOwnProperty "x"}}',
    '{{__defineGetter__ "x"}}',
    '{{__lookupGetter__ "x"}}',
    '{{#with (lookup Params "constructor")}}x{{/with}}',
    '{{get Params "__proto__"}}',
    '{{index Params "constructor"}}',
    '{{env "HOME"}}',
    '{{expandenv "$HOME"}}',
    '{{getHostByName "localhost"}}',
    '{{read "/etc/passwd"}}',
    '{{include "x" this}}',
    '{{tpl "{{Name}}" this}}',
    '{{lookup "v1" "Secret" "db" "x"}}',
    "{{{{raw}}}}{{constructor}}{{{{/raw}}}}",
  ])("%s is refused", (text) => {
    expect(outcome(text)).toMatch(/^templates\/x\.yaml:1:\d+: error: /);
  });

  test.each([
    ['{{lookup Params.MAP "constructor"}}', ""],
    ['{{lookup Params.MAP "__proto__"}}', ""],
    ['{{lookup Params.LIST "constructor"}}', ""],
    ['{{lookup Params.LIST "length"}}', ""],
    ['{{get Params.MAP "toString"}}', ""],
    ['{{dig "__proto__" "polluted" "no" Params.MAP}}', "no"],
    ['{{hasKey Params.MAP "constructor"}}', "false"],
    [
      '{{toJson (set Params.MAP.sub "__proto__" (dict "polluted" 1))}}',
      '{"__proto__":{"polluted":1},"k":[1,2]}',
    ],
    [
      '{{toJson (merge (dict) (fromJson \'{"__proto__":{"polluted":1}}\'))}}',
      '{"__proto__":{"polluted":1}}',
    ],
    ["{{toString Name}}", "galera-instance"],
  ])("%s finds nothing", (text, expected) => {
    expect(outcome(text)).toBe(expected);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  const nested = (open: string, close: string, count: number) =>
    open.repeat(count) + close.repeat(count);
  test.each([
    [
      "a loop of a million",
      "{{#each (until 1000000)}}{{/each}}",
      "until: the list would be longer than 100000 items",
    ],
    [
      "loops in loops",
      "{{#each (until 1000)}}{{#each (until 1000)}}{{/each}}{{/each}}",
      "the loops of the template turn more than 100000 times",
    ],
    [
      "a long text",
      '{{repeat 99999999 "x"}}',
      "repeat: the text would be longer than 1048576 characters",
    ],
    [
      "many texts",
      '{{#each (until 90000)}}{{repeat 100 "x"}}{{/each}}',
      "the rendered text is longer than 1048576 characters",
    ],
    [
      "many long texts that are thrown away",
      '{{#each (until 90000)}}{{#if (repeat 100000 "x")}}{{/if}}{{/each}}',
      "the functions of the template have too much to do",
    ],
    [
      "a value that doubles",
      `${"{{#with (list this.x this.x) as |x|}}".replaceAll("this.x", "1")}${Array.from({ length: 40 }, () => "{{#with (list x x) as |x|}}").join("")}{{len (toJson x)}}${"{{/with}}".repeat(41)}`,
      "the functions of the template have too much to do",
    ],
    [
      "deep blocks",
      nested("{{#if Name}}", "{{/if}}", 60),
      "blocks and parentheses are nested more than 50 deep",
    ],
    [
      "very deep blocks",
      nested("{{#if Name}}", "{{/if}}", 20_000),
      "blocks or parentheses are nested too deep",
    ],
    [
      "deep calls",
      `{{not ${"(not ".repeat(60)}1${")".repeat(60)}}}`,
      "blocks and parentheses are nested more than 50 deep",
    ],
    [
      "a template of 2 MiB",
      "x".repeat(2 * 1024 * 1024),
      "the template is longer than 1048576 characters",
    ],
    [
      "passwords without end",
      '{{#each (until 22)}}{{#if (repeat 700000 "x")}}{{/if}}{{/each}}{{#each (until 10000)}}{{bcrypt "x"}}{{/each}}',
      "the functions of the template have too much to do",
    ],
  ])("%s ends with a clear error", (_, text, message) => {
    expect(outcome(text)).toContain(message);
    expect(outcome(text)).toMatch(/^templates\/x\.yaml:\d+:\d+: error: /);
  });

  test("no text makes it crash", () => {
    const pieces = fc.constantFrom(
      "{{",
      "}}",
      "{{{",
      "#if",
      "/if",
      "#each",
      "/each",
      "else",
      " ",
      "\n",
      "Params",
      ".",
      "..",
      "/",
      "@root",
      "@index",
      "this",
      "(",
      ")",
      '"',
      "'",
      "[",
      "]",
      "|",
      "as",
      "=",
      "~",
      "!",
      "--",
      "\\",
      ">",
      "*",
      "&",
      "^",
      "1",
      "true",
      "null",
      "eq",
      "list",
      "Name",
      "é",
      "\u0000",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 25 }), (parts) => {
        expect(typeof outcome(parts.join(""))).toBe("string");
      }),
      { numRuns: 1000 },
    );
  });
});

test("the same run renders the same bytes, another one does not", () => {
  const text = "{{randAlphaNum 20}} {{uuidv4}} {{randAlphaNum 20}} {{now}}";
  const [first, , third] = render(text).split(" ");
  expect(render(text)).toBe(render(text));
  expect(first).not.toBe(third);
  expect(render(text, "y.yaml")).not.toBe(render(text));
  const other = { ...constants, seed: "run-2" };
  expect(renderTemplate({ key: "x.yaml", text, scope, constants: other, declared })).not.toBe(
    render(text),
  );
});

test("values that templates share are not changed by them", () => {
  const before = structuredClone(scope);
  render(
    '{{toJson (set Params.MAP "new" 1)}}{{toJson (merge Params.EMPTY Params.MAP)}}{{toJson (unset Params.MAP "a")}}',
  );
  expect(scope).toEqual(before);
});

describe("Handlebars itself", () => {
  const data = {
    s: "text",
    n: 5,
    zero: 0,
    yes: true,
    no: false,
    list: [1, 2, 3],
    words: ["a", "b"],
    none: [] as string[],
    m: { a: 1, b: { c: "d" } },
  };
  const handlebars = Handlebars.create();
  handlebars.registerHelper("eq", (a: unknown, b: unknown) => a === b);
  handlebars.registerHelper("list", (...args: unknown[]) => args.slice(0, -1));

  const parameters: Parameter[] = Object.keys(data).map((name) => ({
    name,
    type: name === "m" ? "map" : Array.isArray(Reflect.get(data, name)) ? "array" : "string",
    required: false,
    immutable: false,
    at: { file: "params.yaml", line: 1, col: 1 },
  }));

  test("adds numbers that stand side by side when it does not escape: why we evaluate its tree ourselves", () => {
    const theirs = handlebars.compile("{{a}}{{b}}", { noEscape: true });
    expect(theirs({ a: 1, b: 2 })).toBe("3");
    expect(render("{{Params.NODE_COUNT}}{{Params.NODE_COUNT}}")).toBe("33");
  });

  /** Templates that mean the same to both: no empty maps, no missing members, nothing to escape. */
  const { node } = fc.letrec<{ node: string; body: string }>((tie) => ({
    node: fc.oneof(
      { depthSize: "small", maxDepth: 3 },
      fc.constantFrom("x", " ", "\n", "  \n", "- ", "{{! c }}", "\n{{! c }}\n", "\\{{x}}"),
      fc
        .tuple(
          fc.constantFrom("{{", "{{~"),
          fc.constantFrom(
            "@root.Params.s",
            "@root.Params.n",
            "@root.Params.zero",
            "@root.Params.no",
            "@root.Params.m.b.c",
            "@root.Params.list.[1]",
            "(eq)",
          ),
          fc.constantFrom("}}", "~}}"),
        )
        .map(
          ([open, path, close]) => open + (path === "(eq)" ? "eq @root.Params.n 5" : path) + close,
        ),
      fc
        .tuple(
          fc.constantFrom(
            "#if @root.Params.yes",
            "#if @root.Params.zero",
            "#if @root.Params.none",
            "#unless @root.Params.no",
            "^if @root.Params.s",
            '#if (eq @root.Params.s "text")',
          ),
          tie("body"),
          tie("body"),
          fc.boolean(),
          fc.constantFrom("", "\n"),
        )
        .map(
          ([open, a, b, other, line]) =>
            `{{${open}}}${line}${a}${other ? `{{else}}${line}${b}` : ""}{{/${open.split(" ")[0]?.slice(1)}}}${line}`,
        ),
      fc
        .tuple(
          fc.constantFrom(
            "@root.Params.list",
            "@root.Params.words",
            "@root.Params.none",
            "(list 1 2)",
          ),
          tie("body"),
          tie("body"),
        )
        .map(
          ([over, a, b]) =>
            `{{#each ${over}}}{{@index}}{{@first}}{{@last}}{{this}}${a}{{else}}${b}{{/each}}`,
        ),
      fc
        .tuple(fc.constantFrom("@root.Params.m"), tie("body"))
        .map(([over, a]) => `{{#with ${over} as |w|}}{{a}}{{w.b.c}}${a}{{/with}}`),
      tie("body").map((a) => `{{#each @root.Params.words as |item i|}}{{i}}{{item}}${a}{{/each}}`),
    ),
    body: fc.array(tie("node"), { maxLength: 3 }).map((parts) => parts.join("")),
  }));

  test("gives the same text for templates that mean the same to both", () => {
    fc.assert(
      fc.property(fc.array(node, { maxLength: 6 }), (parts) => {
        const text = parts.join("");
        const expected = handlebars.compile(text)({ Params: data });
        expect(
          renderTemplate({
            key: "x",
            text,
            scope: { ...scope, Params: data },
            constants,
            declared: parameters,
          }),
        ).toBe(expected);
      }),
      { numRuns: 80 },
    );
  });
});
