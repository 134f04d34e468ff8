import {
  type AliasEvent,
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from "js-yaml";
import { resolveScalar } from "./resolve-scalar.ts";
import type { MapNode, Member, ScalarNode, Slot, YamlNode } from "./yaml-node.ts";

/** How many values the aliases of one document may stand for, all in all: a bound on "billion laughs". */
const MAX_ALIASED_NODES = 100_000;

/** Collections within collections, at most, aliases written out. */
export const MAX_DEPTH = 100;

/** Said of a document that goes deeper. */
export const TOO_DEEP: string = `more than ${MAX_DEPTH} lists and maps within one another`;

/** Takes a problem at an offset of the text; `lenient`: the value is read nevertheless. */
export type Report = (
  code: string,
  message: string,
  offset: number,
  options?: { readonly hint?: string | undefined; readonly lenient?: boolean },
) => void;

/**
 * `strict`: what is doubtful is a problem · `go`: as go-yaml v2 reads it for KUDO, each doubt reported as lenient: the last of two equal keys wins, large integers stay,
 * unknown tags are passed over.
 */
export type YamlManner = "strict" | "go";

/**
 * The documents of a stream of js-yaml's parser events; an empty document is left out. js-yaml's own constructor stops at the first problem and
 * forgets where values stand; this one reports duplicate keys, unknown tags, unresolvable aliases and numbers that cannot be held, all at once.
 */
export function composeYaml(
  text: string,
  events: readonly Event[],
  report: Report,
  manner: YamlManner = "strict",
): Slot[] {
  const lenient = manner === "go";
  const documents: Slot[] = [];
  let index = 0;
  let anchors = new Map<string, YamlNode | "open">();
  let aliases = 0;

  while (index < events.length) {
    anchors = new Map();
    aliases = 0;
    index++;
    const document = isEmptyDocument() ? undefined : readSlot(0);
    index++;
    if (document === undefined) continue;
    if (aliases > 0 && document.node.size > MAX_ALIASED_NODES) {
      const message = `aliases make more than ${MAX_ALIASED_NODES} values of this document`;
      report("yaml-alias-bomb", message, document.offset);
    } else if (document.node.depth > MAX_DEPTH) {
      report("yaml-too-deep", TOO_DEEP, document.offset);
    } else documents.push(document);
  }
  return documents;

  function isEmptyDocument(): boolean {
    const event = events[index];
    const empty = event?.type === EVENT_ID.SCALAR && offsetOf(event) < 0;
    if (empty) index++;
    return empty || event?.type === EVENT_ID.POP;
  }

  /** @param near where an empty value stands: after its key, or where the collection begins. */
  function readSlot(near: number): Slot {
    const event = events[index++];
    switch (event?.type) {
      case EVENT_ID.SCALAR: {
        const node = scalarNode(event, near);
        anchor(event, node);
        return { node, offset: node.offset };
      }
      case EVENT_ID.SEQUENCE: {
        anchor(event, "open");
        const node = listNode(event);
        anchor(event, node);
        return { node, offset: node.offset };
      }
      case EVENT_ID.MAPPING: {
        anchor(event, "open");
        const node = mapNode(event);
        anchor(event, node);
        return { node, offset: node.offset };
      }
      case EVENT_ID.ALIAS:
        return aliasSlot(event);
      default:
        throw new Error(`the YAML parser gave event ${event?.type} where a value begins`);
    }
  }

  function anchor(event: ScalarEvent | SequenceEvent | MappingEvent, node: YamlNode | "open") {
    if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), node);
  }

  function aliasSlot(event: AliasEvent): Slot {
    aliases++;
    const name = text.slice(event.anchorStart, event.anchorEnd);
    const offset = event.anchorStart - 1;
    const node = anchors.get(name);
    if (node === "open")
      report("yaml-alias", `alias *${name} stands for a value that it is part of`, offset);
    else if (node === undefined)
      report("yaml-alias", `alias *${name} has no anchor &${name} before it`, offset);
    return { node: node === "open" || node === undefined ? nothing(offset) : node, offset };
  }

  function listNode(event: SequenceEvent): YamlNode {
    checkTag(event, ["!!seq"], "a list");
    const items: Slot[] = [];
    while (events[index]?.type !== EVENT_ID.POP)
      items.push(readSlot(items.at(-1)?.offset ?? event.start));
    index++;
    return { kind: "list", items, offset: event.start, size: sizeOf(items), depth: depthOf(items) };
  }

  function mapNode(event: MappingEvent): MapNode {
    checkTag(event, ["!!map"], "a map");
    const members: Member[] = [];
    const merges: MapNode[] = [];
    const seen = new Map<string, number>();
    while (events[index]?.type !== EVENT_ID.POP) {
      const keyEvent = events[index];
      const keySlot = readSlot(event.start);
      const key = keyText(keySlot);
      const slot = readSlot(keySlot.offset);
      if (key === undefined) continue;
      const first = seen.get(key);
      if (first !== undefined) {
        reportDuplicate(key, keySlot.offset, first);
        if (!lenient) continue;
        members.splice(0, members.length, ...members.filter((member) => member.key !== key));
      }
      seen.set(key, keySlot.offset);
      const isMerge =
        key === "<<" && keyEvent?.type === EVENT_ID.SCALAR && keyEvent.style === SCALAR_STYLE.PLAIN;
      if (isMerge) merges.push(...mergedMaps(slot));
      else members.push({ key, keyOffset: keySlot.offset, ...slot });
    }
    index++;
    const size = sizeOf(members) + merges.reduce((sum, merge) => sum + merge.size, 0);
    const depth = Math.max(depthOf(members), ...merges.map((merge) => merge.depth + 1));
    return { kind: "map", members, merges, offset: event.start, size, depth };
  }

  function keyText({ node, offset }: Slot): string | undefined {
    if (node.kind !== "scalar") {
      const hint =
        text.startsWith("{{", offset - 1) || text.startsWith("{{", offset)
          ? "a template expression at the start of a value needs quotes around it"
          : undefined;
      report("yaml-key", `a key must be a word, found a ${node.kind}`, offset, { hint });
      return undefined;
    }
    if (node.value === null) {
      report("yaml-key", "a key must be a word, found nothing", offset);
      return undefined;
    }
    const key = String(node.value);
    if (lenient && typeof node.value !== "string" && key !== node.text)
      report("yaml-key-word", `key ${node.text} is read as "${key}"`, offset, {
        hint: "write it in quotes if it is a text",
        lenient,
      });
    // No manifest needs it, and a careless assignment would change an object's prototype.
    if (key === "__proto__") {
      report("yaml-key", "the key __proto__ is not allowed", offset);
      return undefined;
    }
    return key;
  }

  function reportDuplicate(key: string, offset: number, first: number) {
    const line = text.slice(0, first).split(/\r\n|\r|\n/).length;
    const wins = lenient ? "; the last one is taken" : "";
    const message = `key "${key}" is given twice, first in line ${line}${wins}`;
    report("yaml-duplicate-key", message, offset, { lenient });
  }

  function mergedMaps({ node, offset }: Slot): MapNode[] {
    if (node.kind === "map") return [node];
    const maps = node.kind === "list" ? node.items.map((item) => item.node) : [];
    const found = maps.filter((item) => item.kind === "map");
    if (found.length === 0 || found.length < maps.length)
      report("yaml-merge", "<< takes a map or a list of maps", offset);
    return found;
  }

  function scalarNode(event: ScalarEvent, near: number): ScalarNode {
    const source = getScalarValue(text, event);
    const start = offsetOf(event);
    const offset = start < 0 ? near : start;
    const value = scalarValue(event, source, offset);
    return { kind: "scalar", value, text: source, offset, size: 1, depth: 0 };
  }

  function scalarValue(event: ScalarEvent, source: string, offset: number): ScalarNode["value"] {
    const tag = tagOf(event);
    if (tag === "!" || tag === "!!str") return source;
    if (tag === "" && event.style !== SCALAR_STYLE.PLAIN) return source;
    if (tag === "!!binary" && lenient) {
      const bytes = base64Text(source);
      if (bytes === undefined)
        report("yaml-tag", "!!binary value contains invalid base64 data", offset);
      return bytes ?? null;
    }
    const value = resolveScalar(source);
    if (tag !== "" && !fitsTag(tag, value)) {
      const known = SCALAR_TAGS.has(tag);
      const message = known
        ? `${JSON.stringify(source)} is not of type ${tag}`
        : `tag ${tag} is not supported`;
      const passed = lenient && !known;
      report("yaml-tag", message, offset, { lenient: passed });
      return passed ? source : null;
    }
    if (typeof value === "bigint" && !lenient) {
      report("yaml-big-integer", `integer ${source} is beyond 2^53 and would lose digits`, offset, {
        hint: "write it in quotes if a text will do",
      });
      return null;
    }
    if (typeof value === "number" && !Number.isFinite(value)) {
      report("yaml-not-json", `${source} is not a number that Kubernetes can hold`, offset, {
        hint: "write it in quotes if it is a text",
      });
      return null;
    }
    return value === undefined ? source : value;
  }

  function checkTag(event: SequenceEvent | MappingEvent, allowed: readonly string[], what: string) {
    const tag = tagOf(event);
    if (tag === "" || tag === "!" || allowed.includes(tag)) return;
    const known = SCALAR_TAGS.has(tag) || tag === "!!seq" || tag === "!!map";
    report(
      "yaml-tag",
      known ? `${what} is not of type ${tag}` : `tag ${tag} is not supported`,
      event.start,
      { lenient: lenient && !known },
    );
  }

  function tagOf(event: ScalarEvent | SequenceEvent | MappingEvent): string {
    if (event.tagStart < 0) return "";
    return text.slice(event.tagStart, event.tagEnd).replace(/^!<tag:yaml\.org,2002:(.*)>$/, "!!$1");
  }
}

/** The text of base64, bytes that are no UTF-8 as U+FFFD; undefined when it is none. Line breaks do not count, as for Go. */
function base64Text(source: string): string | undefined {
  const digits = source.replace(/[\r\n]/g, "");
  const isWhole = digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits);
  return isWhole ? Buffer.from(digits, "base64").toString("utf8") : undefined;
}

const SCALAR_TAGS = new Set(["!!str", "!!int", "!!float", "!!bool", "!!null"]);

function fitsTag(tag: string, value: ReturnType<typeof resolveScalar>): boolean {
  switch (tag) {
    case "!!int":
      return typeof value === "bigint" || Number.isInteger(value);
    case "!!float":
      return typeof value === "number";
    case "!!bool":
      return typeof value === "boolean";
    case "!!null":
      return value === null;
    default:
      return false;
  }
}

/** Where a scalar begins, its tag and opening quote counted; negative for an empty one. */
function offsetOf(event: ScalarEvent): number {
  const quoted =
    event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  if (event.tagStart >= 0) return event.tagStart;
  return event.valueStart < 0 ? event.anchorStart : event.valueStart - (quoted ? 1 : 0);
}

function sizeOf(slots: readonly Slot[]): number {
  return slots.reduce((sum, slot) => sum + slot.node.size, 1);
}

function depthOf(slots: readonly Slot[]): number {
  return slots.reduce((most, slot) => Math.max(most, slot.node.depth + 1), 1);
}

function nothing(offset: number): ScalarNode {
  return { kind: "scalar", value: null, text: "", offset, size: 1, depth: 0 };
}
