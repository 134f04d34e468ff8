/** Chooses a whole number from 0 up to, and without, `count`. */
export type Pick = (count: number) => number;

/** What an expression is meant to be; now and then it is something else. */
type Kind = "any" | "string" | "int" | "float" | "bool" | "list" | "map";

interface Scope {
  /** Variables that can be named, with `$`. */
  readonly variables: string[];
  readonly inRange: boolean;
  readonly hasTemplate: boolean;
  readonly depth: number;
}

/**
 * A template of Go's text/template over `data.json`: every construct and function of the language, mostly with arguments that fit.
 * Only what the same Go answers twice alike is in it: no address, and no capacity of a list.
 */
export function randomTemplate(pick: Pick): string {
  const hasTemplate = pick(4) === 0;
  const scope: Scope = { variables: ["$"], inRange: false, hasTemplate, depth: 0 };
  const defined = hasTemplate ? definition(pick, "t1") : "";
  const body = pieces(pick, scope, 1 + pick(5));
  return pick(2) === 0 ? defined + body : body + defined;
}

function definition(pick: Pick, name: string): string {
  const scope: Scope = { variables: ["$"], inRange: false, hasTemplate: false, depth: 2 };
  return `${open(pick)}define "${name}"${close(pick)}${pieces(pick, scope, 1 + pick(3))}${open(pick)}end${close(pick)}`;
}

function pieces(pick: Pick, scope: Scope, count: number): string {
  let text = "";
  for (let i = 0; i < count; i++) text += piece(pick, scope);
  return text;
}

function piece(pick: Pick, scope: Scope): string {
  const roll = pick(scope.depth > 3 ? 12 : 22);
  if (roll < 3) return literalText(pick);
  if (roll < 9) return action(pick, expression(pick, scope, "any"));
  if (roll < 11) return variable(pick, scope);
  if (roll === 11) return pick(4) === 0 ? rare(pick, scope) : literalText(pick);
  if (roll < 15) return choice(pick, scope);
  if (roll < 18) return loop(pick, scope);
  if (roll < 20) return narrowed(pick, scope);
  return called(pick, scope);
}

function open(pick: Pick): string {
  return one(pick, ["{{", "{{", "{{ ", "{{- ", "{{-\n", "{{\t"]);
}

function close(pick: Pick): string {
  return one(pick, ["}}", "}}", " }}", " -}}", "\n-}}", "\n}}"]);
}

function action(pick: Pick, inside: string): string {
  return `${open(pick)}${inside}${close(pick)}`;
}

function literalText(pick: Pick): string {
  return one(pick, [
    "a",
    " ",
    "\n",
    "  x: ",
    "\n  - ",
    "é",
    "}}",
    "\t",
    "- ",
    "{{/* note */}}",
    "{{- /* n\n */ -}}",
    "--",
  ]);
}

function variable(pick: Pick, scope: Scope): string {
  const known = scope.variables.filter((name) => name !== "$");
  if (known.length > 0 && pick(3) === 0)
    return action(pick, `${one(pick, known)} = ${expression(pick, scope, "any")}`);
  const name = one(pick, ["$x", "$y", "$long_name", "$é"]);
  const text = action(pick, `${name} := ${expression(pick, scope, "any")}`);
  scope.variables.push(name);
  return text;
}

function rare(pick: Pick, scope: Scope): string {
  switch (pick(9)) {
    case 0:
      return scope.inRange ? action(pick, one(pick, ["break", "continue"])) : "";
    case 1:
      return action(pick, `template "nope" ${expression(pick, scope, "any")}`);
    case 2:
      return action(pick, `(${expression(pick, scope, "map")}).${name(pick)}`);
    case 3:
      return action(pick, "nil");
    case 4:
      return action(pick, "print nil");
    case 5:
      return action(
        pick,
        one(pick, [
          "if",
          "end",
          "else",
          "3 4",
          "break",
          ".a b",
          "$q",
          "x.y",
          "1 | 2",
          "(1",
          '"a" | "b"',
          "range $a,",
          "$a, $b := 1",
          ". | nil",
          "true.x",
          "`a",
          "'",
          "+",
          "f(x)",
          "template x",
          "0x",
          "1__0",
          "08",
          "'ab'",
          '"\\q"',
          "$x := ",
          "end end",
          "9999999999999999999",
          "1e999",
          "else if",
        ]),
      );
    case 6:
      return action(
        pick,
        `${expression(pick, scope, "any")} | ${pick(2) === 0 ? "print" : 'printf "%v"'}`,
      );
    case 7:
      return action(pick, `break`);
    default:
      return action(pick, `call ${expression(pick, scope, "any")}`);
  }
}

function inner(scope: Scope, inRange = scope.inRange): Scope {
  return { ...scope, variables: [...scope.variables], inRange, depth: scope.depth + 1 };
}

function choice(pick: Pick, scope: Scope): string {
  const within = inner(scope);
  const head = pick(6) === 0 ? "$c := " : "";
  let text = action(pick, `if ${head}${expression(pick, scope, "bool")}`);
  if (head) within.variables.push("$c");
  text += pieces(pick, within, 1 + pick(2));
  if (pick(4) === 0)
    text +=
      action(pick, `else if ${expression(pick, scope, "bool")}`) + pieces(pick, inner(scope), 1);
  if (pick(2) === 0) text += action(pick, "else") + pieces(pick, inner(scope), 1 + pick(2));
  return text + action(pick, "end");
}

function loop(pick: Pick, scope: Scope): string {
  const within = inner(scope, true);
  const over = simple(pick, scope, one<Kind>(pick, ["list", "list", "map"]), 0);
  const heads = ["", "$v := ", "$i, $v := "];
  if (scope.variables.includes("$x")) heads.push("$x = ");
  if (scope.variables.includes("$y") && scope.variables.includes("$x")) heads.push("$x, $y = ");
  const head = one(pick, heads);
  if (head.includes("$v")) within.variables.push("$v");
  if (head.includes("$i")) within.variables.push("$i");
  let text = action(pick, `range ${head}${over}`) + pieces(pick, within, 1 + pick(3));
  if (pick(4) === 0) text += action(pick, "else") + pieces(pick, inner(scope), 1);
  return text + action(pick, "end");
}

function narrowed(pick: Pick, scope: Scope): string {
  const within = inner(scope);
  const head = pick(3) === 0 ? "$w := " : "";
  let text = action(pick, `with ${head}${expression(pick, scope, "any")}`);
  if (head) within.variables.push("$w");
  text += pieces(pick, within, 1 + pick(2));
  if (pick(4) === 0)
    text +=
      action(pick, `else with ${expression(pick, scope, "any")}`) + pieces(pick, inner(scope), 1);
  if (pick(2) === 0) text += action(pick, "else") + pieces(pick, inner(scope), 1);
  return text + action(pick, "end");
}

function called(pick: Pick, scope: Scope): string {
  if (pick(3) === 0) {
    const block = { variables: ["$"], inRange: false, hasTemplate: false, depth: scope.depth + 1 };
    return (
      action(
        pick,
        `block "b${pick(1000)}" ${pick(6) === 0 ? expression(pick, scope, "any") : "$"}`,
      ) +
      pieces(pick, block, 1 + pick(2)) +
      action(pick, "end")
    );
  }
  if (!scope.hasTemplate) return literalText(pick);
  return action(
    pick,
    `template "t1"${pick(6) === 0 ? ` ${expression(pick, scope, "any")}` : " $"}`,
  );
}

function expression(pick: Pick, scope: Scope, kind: Kind): string {
  const base = simple(pick, scope, kind, 0);
  if (pick(6) > 0) return base;
  return `${base} | ${one(pick, ["print", "print", "not", "html", "js", "urlquery", 'printf "%q"', 'printf "%s-%v" "p"', "println", "and 1", "or 0", "eq 5", "html | js", "print 1"])}`;
}

/** A whole command; `operand` is one that can be an argument. */
function simple(pick: Pick, scope: Scope, kind: Kind, depth: number): string {
  const wanted =
    pick(70) === 0
      ? one<Kind>(pick, ["any", "string", "int", "float", "bool", "list", "map"])
      : kind;
  return depth > 2 || pick(3) === 0
    ? atom(pick, scope, wanted)
    : compound(pick, scope, wanted, depth);
}

function operand(pick: Pick, scope: Scope, kind: Kind, depth: number): string {
  const text = simple(pick, scope, kind, depth + 1);
  return /^(?:\.|[$.][^\s()]*|"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])+'|[-+]?[0-9.][^\s()]*|true|false)$/.test(
    text,
  )
    ? text
    : `(${text})`;
}

const PATHS: Readonly<Record<Kind, readonly string[]>> = {
  any: [
    ".",
    ".Params",
    ".StepName",
    ".Params.N",
    ".Params.Mixed",
    ".Params.Rows",
    ".Params.M.c",
    ".Params.Words",
    ".metadata.name",
    ".StepName",
    ".kind",
    ".Params.X",
    ".Params.F",
    ".Params.L",
    ".Params.U",
    ".Params.N",
  ],
  string: [
    ".StepName",
    ".Params.X",
    ".Params.E",
    ".Params.S",
    ".Params.U",
    ".Params.NODE_COUNT",
    ".kind",
    ".Params.Yaml",
    ".Params.M.c.d",
  ],
  int: [".Params.I", ".Params.J", ".Params.Z", ".Params.M.a", ".Params.Big"],
  float: [".Params.F", ".Params.G", ".Params.Tiny", ".Params.Huge"],
  bool: [".Params.B", ".Params.No", ".Params.N", ".Params.E", ".Params.L"],
  list: [
    ".Params.L",
    ".Params.Ints",
    ".Params.Mixed",
    ".Params.Rows",
    ".Params.EL",
    ".Params.M.c.e",
  ],
  map: [".", ".Params", ".Params.M", ".Params.M.c", ".Params.Words", ".Params.EM", ".metadata"],
};

const LITERALS: Readonly<Record<Kind, readonly string[]>> = {
  any: ['"x"', "1", "2.5", "true", "'a'", "`raw\\n`", "-3", "1e3"],
  string: [
    '"a"',
    '""',
    '"b c"',
    '"é\\t\\u00e9\\x41\\101"',
    '"\\xff\\xe9"',
    '`raw "q"`',
    "\"<a href='x'>&\"",
    '"}}"',
    '"日本"',
    '"%d"',
  ],
  int: [
    "0",
    "1",
    "2",
    "3",
    "-1",
    "5",
    "0x1F",
    "0b101",
    "0o17",
    "017",
    "1_000",
    "'a'",
    "'\\n'",
    "'é'",
    "+7",
    "9223372036854775807",
    "-9223372036854775808",
  ],
  float: [
    "2.5",
    "1.0",
    "-0.5",
    "1e3",
    "1e21",
    "1e-7",
    ".5",
    "3.",
    "0x1p4",
    "1_0.5",
    "123456.789",
    "1e6",
    "-0.0",
  ],
  bool: ["true", "false"],
  list: ["$.Params.L"],
  map: ["$.Params.M"],
};

function atom(pick: Pick, scope: Scope, kind: Kind): string {
  const roll = pick(10);
  if (kind === "any" && pick(25) === 0)
    return one(pick, [
      ".nope",
      ".Params.nope",
      ".Params.X.y",
      ".Params.N.y",
      ".name",
      ".port",
      ".Params.nope.deeper",
    ]);
  if (roll < 4) {
    const path = one(pick, PATHS[kind]);
    const rooted = scope.depth > 0 && pick(20) > 0;
    return rooted ? `$${path === "." ? "" : path}` : path;
  }
  if (roll < 6 && kind === "any") {
    const variable = one(pick, scope.variables);
    return pick(12) === 0 ? `${variable}.${name(pick)}` : variable;
  }
  if (roll === 6 && kind === "any") return ".";
  return one(pick, LITERALS[kind]);
}

function name(pick: Pick): string {
  return one(pick, ["Params", "a", "name", "port", "c.d", "nope", "Params.L", "X", "é"]);
}

function compound(pick: Pick, scope: Scope, kind: Kind, depth: number): string {
  const arg = (of: Kind) => operand(pick, scope, of, depth);
  const args = (of: Kind, count: number) => Array.from({ length: count }, () => arg(of)).join(" ");
  switch (kind) {
    case "bool": {
      const of = one<Kind>(pick, ["int", "int", "string", "float", "any", "bool"]);
      return one(pick, [
        () => `not ${arg("any")}`,
        () => `and ${args("bool", 1 + pick(3))}`,
        () => `or ${args("bool", 1 + pick(3))}`,
        () => `eq ${args(of, 2 + pick(2))}`,
        () => `ne ${args(of, 2)}`,
        () => `${one(pick, ["lt", "le", "gt", "ge"])} ${args(of, 2)}`,
      ])();
    }
    case "int":
      return one(pick, [
        () => `len ${arg(one<Kind>(pick, ["list", "map", "string"]))}`,
        () => `index ${arg("list")} ${pick(8) === 0 ? arg("int") : 0}`,
        () => `index ${pick(2) === 0 ? '"text"' : "$.Params.U"} ${pick(4)}`,
        () => `index $.Params.Ints ${pick(3)}`,
      ])();
    case "float":
      return `or ${args("float", 2)}`;
    case "string":
      return one(pick, [
        () => format(pick, scope, depth),
        () => format(pick, scope, depth),
        () => `print ${args("any", pick(4))}`,
        () => `println ${args("any", pick(3))}`,
        () => `${one(pick, ["html", "js", "urlquery"])} ${args("any", 1 + pick(2))}`,
        () => `html ${arg("string")}`,
        () =>
          `slice ${arg("string")} ${pick(8) === 0 ? `(${simple(pick, scope, "int", 2)})` : pick(2)}`,
        () => `index ${arg("list")} ${pick(2)}`,
      ])();
    case "list":
      return one(pick, [
        () => `slice ${arg("list")}`,
        () => `slice $.Params.L ${pick(3)}`,
        () => `index $.Params.M "c" "e"`,
        () => `index ${arg("map")} ${one(pick, LITERALS.string)}`,
      ])();
    case "map":
      return one(pick, [
        () => `index $ "Params"`,
        () => `index $.Params.Rows ${pick(8) === 0 ? 3 : pick(3)}`,
        () => `(index $ "Params").M`,
      ])();
    case "any":
      return compound(
        pick,
        scope,
        one<Kind>(pick, ["string", "string", "int", "bool", "list", "map", "float"]),
        depth,
      );
  }
}

function format(pick: Pick, scope: Scope, depth: number): string {
  let text = "";
  const args: string[] = [];
  for (let i = 0; i <= pick(3); i++) {
    const verb = one(pick, [
      "v",
      "v",
      "d",
      "s",
      "q",
      "x",
      "X",
      "t",
      "c",
      "T",
      "U",
      "e",
      "f",
      "g",
      "G",
      "E",
      "o",
      "b",
      "O",
      "F",
      "z",
      "%",
    ]);
    const flags = one(pick, ["", "", "", "-", "+", "#", " ", "0", "+0", "# ", "-0"]);
    const width = one(pick, ["", "", "", "5", "12", "*", "[1]"]);
    const precision = one(pick, ["", "", "", ".2", ".0", ".", ".10", ".*"]);
    text += `${one(pick, ["", "-", " ", "é"])}%${flags}${width}${precision}${verb}`;
    const stars = [width, precision].filter((each) => each.includes("*")).length;
    for (let star = 0; star < stars; star++) args.push(one(pick, ["3", "7", "-5"]));
    if (verb !== "%" && pick(15) > 0) args.push(operand(pick, scope, kindFor(pick, verb), depth));
  }
  if (pick(15) === 0) args.push(operand(pick, scope, "any", depth));
  return `printf "${text}" ${args.join(" ")}`;
}

function kindFor(pick: Pick, verb: string): Kind {
  if (pick(4) === 0) return "any";
  if ("dcUobO".includes(verb)) return "int";
  if ("efgGEF".includes(verb)) return "float";
  if ("sq".includes(verb)) return "string";
  return verb === "t" ? "bool" : "any";
}

function one<T>(pick: Pick, from: readonly T[]): T {
  const found = from[pick(from.length)];
  if (found === undefined) throw new Error("nothing to choose from");
  return found;
}
