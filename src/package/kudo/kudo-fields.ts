import { printedFloat } from "../../functions/go/print.ts";
import { describeValue } from "../../model/describe-value.ts";
import type { Json } from "../../model/json.ts";
import { didYouMean } from "../../model/nearest.ts";
import { goJson } from "../../yaml/parse-go-yaml.ts";
import { type Member, membersOf, type ScalarNode, type Slot } from "../../yaml/yaml-node.ts";

/** Takes a problem at an offset of a file. */
export type ReportAt = (
  severity: "error" | "warning",
  code: string,
  message: string,
  offset: number,
  hint?: string,
) => void;

/** Fields of a struct as Go's JSON decoder fills it: names match whatever their case, unknown ones are passed over, scalars become text where text is expected. */
export interface KudoFields {
  /** Where the struct begins. */
  readonly offset: number;
  /** How it is named to people: `tasks[0].spec`, empty for the file. */
  readonly label: string;
  /** Names of the known fields that are there, even with nothing in them. */
  readonly names: readonly string[];
  /** Where a field's value stands, or the struct when the field is not there. */
  at(name: string): number;
  /** Text of a field; undefined when it is absent or null. */
  text(name: string): string | undefined;
  /** A scalar as it is written, without its quotes; undefined for what is no scalar or not there. */
  written(name: string): string | undefined;
  flag(name: string): boolean | undefined;
  /** A number; anything else is passed over with a warning. */
  number(name: string): number | undefined;
  /** Any value; undefined when it is absent or null. */
  json(name: string): Json | undefined;
  /** A field's value as it was read; undefined when it is absent or null. */
  slot(name: string): Slot | undefined;
  /** Items of a list; undefined when it is absent or null. */
  items(name: string): readonly Slot[] | undefined;
  /** Texts of a list. */
  texts(name: string): string[];
  /** Structs of a list. */
  structs(name: string, known: readonly string[]): KudoFields[];
  struct(name: string, known: readonly string[]): KudoFields;
  /** Members of a map of structs. */
  map(name: string, known: readonly string[]): (readonly [key: string, fields: KudoFields])[];
}

/** Fields of a value. @param known names of the fields of the struct */
export function kudoFields(
  slot: Slot | undefined,
  label: string,
  known: readonly string[],
  report: ReportAt,
): KudoFields {
  const found = slot ? membersFor(slot, label, known, report) : new Map<string, Member>();
  const offset = slot?.offset ?? 0;
  const named = (name: string) => (label === "" ? name : `${label}.${name}`);
  const wrong = (name: string, expected: string, member: Slot) => {
    const message = `${named(name)}: expected ${expected}, found ${described(member)}`;
    report("error", "wrong-type", message, member.offset);
  };
  const given = (name: string): Member | undefined => {
    const member = found.get(name);
    return member && isNull(member) ? undefined : member;
  };

  const fields: KudoFields = {
    offset,
    label,
    names: [...found.keys()],
    at: (name) => found.get(name)?.offset ?? offset,
    text: (name) => {
      const member = found.get(name);
      return member && textOf(member, named(name), report);
    },
    written: (name) => {
      const member = given(name);
      return member?.node.kind === "scalar" ? member.node.text : undefined;
    },
    flag: (name) => {
      const member = given(name);
      if (member === undefined) return undefined;
      const { node } = member;
      if (node.kind === "scalar" && typeof node.value === "boolean") return node.value;
      wrong(name, "true or false", member);
      return undefined;
    },
    number: (name) => {
      const member = given(name);
      if (member === undefined) return undefined;
      const value = goJson(member.node);
      if (typeof value === "number") return value;
      const message = `${named(name)}: expected a number, found ${described(member)}; it is passed over`;
      report("warning", "wrong-type", message, member.offset);
      return undefined;
    },
    json: (name) => {
      const member = given(name);
      return member && goJson(member.node);
    },
    slot: given,
    items: (name) => {
      const member = given(name);
      if (member === undefined) return undefined;
      if (member.node.kind === "list") return member.node.items;
      wrong(name, "a list", member);
      return undefined;
    },
    texts: (name) =>
      (fields.items(name) ?? []).map(
        (item, index) => textOf(item, `${named(name)}[${index}]`, report) ?? "",
      ),
    structs: (name, names) =>
      (fields.items(name) ?? []).map((item, index) =>
        kudoFields(item, `${named(name)}[${index}]`, names, report),
      ),
    struct: (name, names) => kudoFields(found.get(name), named(name), names, report),
    map: (name, names) => {
      const member = given(name);
      if (member === undefined) return [];
      if (member.node.kind === "map")
        return membersOf(member.node).map(
          (item) =>
            [item.key, kudoFields(item, `${named(name)}.${item.key}`, names, report)] as const,
        );
      wrong(name, "a map", member);
      return [];
    },
  };
  return fields;
}

/** The member of each known field. Go takes them in order of their keys, a later one of the same field winning unless it is null. */
function membersFor(
  slot: Slot,
  label: string,
  known: readonly string[],
  report: ReportAt,
): Map<string, Member> {
  const found = new Map<string, Member>();
  if (isNull(slot)) return found;
  if (slot.node.kind !== "map") {
    const what = label === "" ? "the file" : label;
    report("error", "wrong-type", `${what}: expected a map, found ${described(slot)}`, slot.offset);
    return found;
  }
  const members = membersOf(slot.node).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  for (const member of members) {
    const { key, keyOffset } = member;
    const name = known.find((name) => name === key) ?? known.find((name) => sameField(name, key));
    if (name === undefined) {
      const meant = didYouMean(key, known);
      const message = `unknown field "${key}" is passed over${meant}`;
      report("warning", "unknown-field", message, keyOffset);
      continue;
    }
    if (name !== key) {
      const message = `field "${key}" is read as "${name}"`;
      report("warning", "field-case", message, keyOffset, `write ${name}`);
    }
    const earlier = found.get(name);
    if (earlier !== undefined) {
      const message = `field "${name}" is given twice, as "${earlier.key}" and as "${key}"`;
      report("warning", "yaml-duplicate-key", message, keyOffset);
      if (isNull(member)) continue;
    }
    found.set(name, member);
  }
  return found;
}

/** Go's strings.EqualFold for names of fields, which are ASCII: besides upper and lower case only the long s and the Kelvin sign. */
function sameField(name: string, key: string): boolean {
  const folded = key.replaceAll("\u017f", "s").replaceAll("\u212a", "k").toLowerCase();
  return folded === name.toLowerCase();
}

/** A scalar where text is expected; undefined for null, which leaves the text empty. */
function textOf(slot: Slot, label: string, report: ReportAt): string | undefined {
  const { node, offset } = slot;
  if (node.kind !== "scalar") {
    report("error", "wrong-type", `${label}: expected a text, found ${described(slot)}`, offset);
    return undefined;
  }
  if (typeof node.value === "string") return node.value;
  const text = coerced(node);
  const message = `${label}: ${node.text === "" ? "nothing" : node.text} is read as the text ${JSON.stringify(text)}`;
  report("warning", "not-a-text", message, offset, `write it in quotes: ${JSON.stringify(text)}`);
  return node.value === null ? undefined : text;
}

const WHOLE = /^[-+]?(0x[0-9a-fA-F]+|0b[01]+|0o?[0-7]+|[0-9]+)$/;

/** Text of a scalar as `sigs.k8s.io/yaml` makes it: integers in decimal digits, others as a 32-bit float. */
function coerced({ value, text }: ScalarNode): string {
  if (value === null) return "";
  if (typeof value !== "number") return String(value);
  if (WHOLE.test(text.replaceAll("_", "")) && Number.isSafeInteger(value)) return String(value);
  return printedFloat(shortFloat(value));
}

/** The number of fewest digits that is the same 32-bit float. */
function shortFloat(value: number): number {
  const wanted = Math.fround(value);
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(wanted.toPrecision(digits));
    if (Math.fround(short) === wanted) return short;
  }
  return wanted;
}

function isNull({ node }: Slot): boolean {
  return node.kind === "scalar" && node.value === null;
}

function described({ node }: Slot): string {
  return describeValue(goJson(node));
}
