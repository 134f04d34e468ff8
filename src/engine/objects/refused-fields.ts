import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";

/**
 * The fields that a server refuses because their kind does not have them, or because an item of a list is there twice, in its own words: `.spec.foo`,
 * `.spec.containers[name="db"].bar`, `.spec.ports: duplicate entries for key [port=80]`. None when it refuses for another reason.
 */
export function refusedFields(message: string): readonly string[] {
  const named = message.split("\n").flatMap((line) => {
    const unknown = /(?:^|\s)(\.\S.*?): field not declared in schema/.exec(line)?.[1];
    const twice = /(?:^|\s)(\.\S.*?: duplicate entries for key \[.*\])/.exec(line)?.[1];
    return unknown ?? twice ?? [];
  });
  if (!message.includes("strict decoding error")) return named;
  const strict = message.matchAll(/unknown field "([^"]+)"/g);
  return [...named, ...Array.from(strict, ([, path]) => `.${path}`)];
}

/** A copy of the object without such a field: every item of the list that is there twice goes but one, which is the last of environment variables (containers go by it) and else the first. */
export function withoutField(object: KubeObject, field: string): KubeObject {
  const [path = "", key] = field.split(": duplicate entries for key ");
  const steps = wholeNames(object, stepsOf(path));
  const copy = structuredClone(object);
  if (key === undefined) {
    const last = steps.at(-1);
    const holder = memberAt(copy, steps.slice(0, -1));
    if (isMap(holder) && typeof last === "string") delete holder[last];
    return copy;
  }
  const name = steps.at(-1);
  const holder = memberAt(copy, steps.slice(0, -1));
  const items = isMap(holder) && typeof name === "string" ? holder[name] : undefined;
  if (isMap(holder) && typeof name === "string" && Array.isArray(items))
    holder[name] = once(items, keysOf(key.slice(1, -1)), name === "env");
  return copy;
}

/** A member's name, an item's index, or what tells an item. */
type Step = string | number | Readonly<Record<string, unknown>>;

function stepsOf(path: string): Step[] {
  return Array.from(path.matchAll(/\.([^.[\]]+)|\[((?:"(?:[^"\\]|\\.)*"|[^\]"])*)\]/g), (match) => {
    const [, name, inside = ""] = match;
    if (name !== undefined) return name;
    return /^\d+$/.test(inside) ? Number(inside) : keysOf(inside);
  });
}

/** A name with dots in it (a script that stands beside `data`, say) looks like several in a path: in the object it is one. */
function wholeNames(object: KubeObject, steps: readonly Step[]): Step[] {
  const whole: Step[] = [];
  let here: unknown = object;
  for (let at = 0; at < steps.length; ) {
    const named = steps.findIndex((step, index) => index >= at && typeof step !== "string");
    const ends = isMap(here) ? (named < 0 ? steps.length : named) : at + 1;
    const step = longestName(here, steps.slice(at, ends)) ?? steps[at] ?? "";
    whole.push(step);
    at += typeof step === "string" ? step.split(".").length : 1;
    here = memberAt(here, [step]);
  }
  return whole;
}

function longestName(here: unknown, steps: readonly Step[]): string | undefined {
  if (!isMap(here)) return undefined;
  const names = steps.map((_, index) => steps.slice(0, index + 1).join("."));
  return names.findLast((name) => Object.hasOwn(here, name));
}

/** `containerPort=80,protocol="TCP"` */
function keysOf(text: string): Record<string, unknown> {
  const pairs = text.matchAll(/([^=,]+)=("(?:[^"\\]|\\.)*"|[^,]*)/g);
  return Object.fromEntries(
    Array.from(pairs, ([, name = "", value = ""]) => [
      name,
      value.startsWith('"') ? JSON.parse(value) : scalar(value),
    ]),
  );
}

function scalar(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function memberAt(from: unknown, steps: readonly Step[]): unknown {
  let here = from;
  for (const step of steps) {
    if (typeof step === "string") here = isMap(here) ? here[step] : undefined;
    else if (!Array.isArray(here)) return undefined;
    else here = typeof step === "number" ? here[step] : here.find((item) => isOf(item, step));
  }
  return here;
}

function once(
  items: readonly unknown[],
  keys: Readonly<Record<string, unknown>>,
  keepsLast: boolean,
): unknown[] {
  const same = items.filter((item) => isOf(item, keys));
  const kept = keepsLast ? same.at(-1) : same[0];
  const place = items.indexOf(same[0]);
  return items.flatMap((item, index) => {
    if (index === place) return [kept];
    return isOf(item, keys) ? [] : [item];
  });
}

/** A key that an item leaves to the server's default, such as the protocol of a port, is its own all the same. */
function isOf(item: unknown, keys: Readonly<Record<string, unknown>>): boolean {
  if (!isMap(item)) return false;
  const names = Object.keys(keys);
  return (
    names.some((name) => item[name] === keys[name]) &&
    names.every((name) => item[name] === keys[name] || !(name in item))
  );
}
