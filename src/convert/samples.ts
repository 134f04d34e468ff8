import type { GoTemplate } from "../go-template/go-template.ts";
import type { NodeList, Operand, PipeNode } from "../go-template/node.ts";
import { canonicalJson, type Json } from "../model/json.ts";
import type { Parameter, ParameterValues } from "../model/parameter.ts";
import { kudoDefault, kudoYaml } from "../params/kudo-text.ts";

/** Parameters as both dialects see them. */
export interface Sample {
  /** What differs from the defaults: `COUNT=0`; empty for the defaults. */
  readonly label: string;
  /** As a KUDO instance keeps them. */
  readonly texts: Readonly<Record<string, string>>;
  /** As a native template sees them. */
  readonly values: ParameterValues;
}

/** A parameter in both dialects. */
export interface ParameterPair {
  readonly kudo: Parameter;
  readonly native: Parameter;
}

const MIXED = 40;

/**
 * The defaults; each of the parameters that a template uses at each of its values that may matter (every value of an enum, booleans both ways, numbers at edges, the texts and numbers
 * that the template compares with); and mixtures of these. The same for the same template.
 * @param used those of the template
 */
export function samplesOf(
  parameters: readonly ParameterPair[],
  used: ReadonlySet<string>,
  template: GoTemplate,
): Sample[] {
  const words = constantsOf(template);
  const base = new Map(parameters.map((pair) => [pair.kudo.name, baseOf(pair)]));
  const varied = parameters
    .filter(({ kudo }) => used.has(kudo.name))
    .map((pair) => ({ name: pair.kudo.name, choices: choicesOf(pair, words(pair.kudo.name)) }))
    .filter(({ choices }) => choices.length > 0);
  const sample = (changes: ReadonlyMap<string, Choice>): Sample => {
    const all = [...new Map([...base, ...changes])];
    return {
      label: [...changes].map(([name, { text }]) => `${name}=${JSON.stringify(text)}`).join(" "),
      texts: Object.fromEntries(all.map(([name, { text }]) => [name, text])),
      values: Object.fromEntries(all.map(([name, { value }]) => [name, value])),
    };
  };
  const single = varied.flatMap(({ name, choices }) =>
    choices.map((choice) => sample(new Map([[name, choice]]))),
  );
  const random = lottery(varied.length);
  const mixed =
    varied.length < 2
      ? []
      : Array.from({ length: MIXED }, () =>
          sample(
            new Map(
              varied.flatMap(({ name, choices }) => {
                const choice = choices[random(2 * choices.length)];
                return choice ? [[name, choice] as const] : [];
              }),
            ),
          ),
        );
  return [sample(new Map()), ...single, ...mixed];
}

/** One value of a parameter. */
interface Choice {
  readonly text: string;
  readonly value: Json;
}

/** The default; a placeholder for what must be given. */
function baseOf({ kudo, native }: ParameterPair): Choice {
  const text = kudoDefault(kudo);
  if (text !== undefined) return { text, value: native.default ?? null };
  if (!kudo.required) return { text: "", value: "" };
  const first = choicesOf({ kudo, native }, NO_WORDS).find((choice) => choice.text !== "");
  return first ?? { text: "x", value: "x" };
}

function choicesOf({ native }: ParameterPair, words: Constants): Choice[] {
  const plain = (value: Json): Choice => ({ text: String(value), value });
  const values = (): Choice[] => {
    if (native.enum)
      return native.enum.map(native.type === "array" || native.type === "map" ? structured : plain);
    switch (native.type) {
      case "boolean":
        return [plain(true), plain(false)];
      case "integer":
        return [
          0,
          1,
          2,
          7,
          -1,
          65535,
          ...words.numbers.flatMap((each) => [each - 1, each, each + 1]),
        ]
          .filter(Number.isSafeInteger)
          .map(plain);
      case "number":
        return [0, 1, 0.5, -1.25, 1e5, ...words.numbers].map(plain);
      case "array":
        return [[], ...variants(native.default)].map(structured);
      case "map":
        return [{}, ...variants(native.default)].map(structured);
      default:
        // KUDO takes an empty text for any parameter.
        return ["", "x", "3", "true", ...words.texts, ...words.numbers.map(String)].map(plain);
    }
  };
  return [...new Map(values().map((choice) => [canonicalJson(choice.value), choice])).values()];
}

function structured(value: Json): Choice {
  return { text: kudoYaml(value), value };
}

/** A list once and twice over; a map without each of its members. */
function variants(value: Json | undefined): Json[] {
  if (Array.isArray(value))
    return value.length === 0 ? [] : [value, [...value, ...value], value.slice(0, 1)];
  if (typeof value === "object" && value !== null) return [value];
  return [];
}

/** Texts and whole numbers that stand in a template. */
interface Constants {
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
}

const NO_WORDS: Constants = { texts: [], numbers: [] };
const MANY = 40;

/** For each parameter the constants of the pipelines that name it, and of those that name a variable, which may stand for it. */
function constantsOf({ templates }: GoTemplate): (parameter: string) => Constants {
  const found = new Map<string, { texts: Set<string>; numbers: Set<number> }>();
  const of = (name: string) => {
    const known = found.get(name) ?? { texts: new Set<string>(), numbers: new Set<number>() };
    found.set(name, known);
    return known;
  };
  const pipeline = (pipe: PipeNode): void => {
    const operands = [...operandsIn(pipe)];
    const names = operands.flatMap((each) => {
      if (each.kind === "field" || each.kind === "variable")
        return each.names[0] === "Params"
          ? [each.names[1] ?? ANY]
          : each.kind === "variable"
            ? [ANY]
            : [];
      return each.kind === "dot" ? [ANY] : [];
    });
    for (const name of names)
      for (const each of operands) {
        if (each.kind === "string" && each.text.length < 40) of(name).texts.add(each.text);
        const isSmall = each.kind === "number" && Math.abs(Number(each.int ?? 1e9)) <= 65_536;
        if (each.kind === "number" && isSmall) of(name).numbers.add(Number(each.int));
      }
  };
  const list = (nodes: NodeList): void => {
    for (const node of nodes) {
      if ("pipe" in node && node.pipe) pipeline(node.pipe);
      if ("list" in node) list(node.list);
      if ("elseList" in node && node.elseList) list(node.elseList);
    }
  };
  for (const nodes of templates.values()) list(nodes);
  return (parameter) => ({
    texts: [...new Set([...of(parameter).texts, ...of(ANY).texts])].slice(0, MANY),
    numbers: [...new Set([...of(parameter).numbers, ...of(ANY).numbers])].slice(0, MANY),
  });
}

/** Stands for every parameter. */
const ANY = "*";

function* operandsIn(pipe: PipeNode): Generator<Operand> {
  for (const { args } of pipe.commands)
    for (const arg of args) {
      yield arg;
      if (arg.kind === "pipe") yield* operandsIn(arg);
      if (arg.kind === "chain" && arg.of.kind === "pipe") yield* operandsIn(arg.of);
    }
}

/** Numbers below a limit, the same for the same seed. */
function lottery(seed: number): (limit: number) => number {
  let state = seed + 1;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % Math.max(1, limit);
  };
}
