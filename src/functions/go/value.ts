import { compareTexts } from "./bytes.ts";

/**
 * A value as Go's templates have it. A JavaScript number is a `float64`, a bigint an `int`; integers of other types are a `GoInt`, what has methods
 * a `GoObject`. A list is a `[]interface {}` and a map a `map[string]interface {}` unless `typed` says otherwise.
 * `null` is a nil that stands in a list or map, `undefined` no value at all (`<no value>`).
 */
export type GoValue = unknown;

/** An integer of a type other than `int`. */
export class GoInt {
  readonly type: "int32" | "int64" | "uint8" | "uint32" | "uint64";
  readonly value: bigint;

  constructor(type: GoInt["type"], value: bigint) {
    this.type = type;
    this.value = value;
  }
}

/** What Go's functions give that is no plain data. */
export abstract class GoObject {
  /** As `%T` prints it. */
  abstract readonly type: string;
  /** As reflect calls it. */
  abstract readonly kind: "struct" | "ptr";
  /** What it prints. */
  abstract text(): string;
  /** Its methods without arguments, by name, and those with. */
  abstract readonly methods: ReadonlyMap<string, GoMethod>;
  /** Whether the other one is the same to `reflect.DeepEqual`. */
  abstract equals(other: unknown): boolean;
  /** What JSON and YAML say for it. */
  json(): unknown {
    return this.text();
  }
}

/** A method, called with checked arguments. */
export interface GoMethod {
  readonly params: readonly GoType[];
  call(args: readonly GoValue[]): GoValue;
}

/** A type of a parameter. `value` is any value or none (reflect.Value). */
export type GoType =
  | "value"
  | "interface {}"
  | "string"
  | "int"
  | "uint32"
  | "float64"
  | "bool"
  | "[]interface {}"
  | "map[string]interface {}"
  | "time.Time";

/** Types of lists and maps that are not the usual ones. */
export type GoElement = "[]string" | "[]int" | "map[string]string";

const ELEMENTS = new WeakMap<object, GoElement>();
const NIL_SLICES = new WeakSet<object>();

/** Gives a new list or map its Go type. */
export function typed<T extends object>(type: GoElement, value: T): T {
  ELEMENTS.set(value, type);
  return value;
}

/** A list that Go calls nil: it prints as any empty one, JSON knows it. */
export function nilSlice(type?: GoElement): GoValue[] {
  const list: GoValue[] = [];
  NIL_SLICES.add(list);
  return type ? typed(type, list) : list;
}

/** True for what `nilSlice` gave. */
export function isNilSlice(value: unknown): boolean {
  return typeof value === "object" && value !== null && NIL_SLICES.has(value);
}

/** True for a map of Go. */
export function isGoMap(value: unknown): value is Record<string, GoValue> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof GoInt) &&
    !(value instanceof GoObject)
  );
}

/** The type as `%T` prints it. */
export function goType(value: GoValue): string {
  switch (typeof value) {
    case "string":
      return "string";
    case "number":
      return "float64";
    case "bigint":
      return "int";
    case "boolean":
      return "bool";
    case "object":
      break;
    default:
      return "<nil>";
  }
  if (value === null) return "<nil>";
  if (value instanceof GoInt || value instanceof GoObject) return value.type;
  const element = ELEMENTS.get(value);
  return element ?? (Array.isArray(value) ? "[]interface {}" : "map[string]interface {}");
}

/** The kind as reflect calls it. */
export function goKind(value: GoValue): string {
  if (value === null || value === undefined) return "invalid";
  if (Array.isArray(value)) return "slice";
  if (value instanceof GoObject) return value.kind;
  return isGoMap(value) ? "map" : goType(value);
}

/** True when the members of a list or map are `interface {}`, so that a nil may be among them. */
export function holdsInterfaces(value: GoValue): boolean {
  return typeof value === "object" && value !== null && !ELEMENTS.has(value);
}

/** Any integer. */
export function integerOf(value: GoValue): bigint | undefined {
  if (typeof value === "bigint") return value;
  return value instanceof GoInt ? value.value : undefined;
}

/** Go's truth in templates. */
export function isTrue(value: GoValue): boolean {
  switch (typeof value) {
    case "object":
      break;
    case "number":
      return value !== 0;
    default:
      return Boolean(value);
  }
  if (value === null) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof GoInt) return value.value !== 0n;
  if (value instanceof GoObject) return true;
  for (const key in value) if (Object.hasOwn(value, key)) return true;
  return false;
}

/** Keys of a map in Go's order. */
export function sortedKeys(map: Readonly<Record<string, GoValue>>): string[] {
  return Object.keys(map).sort(compareTexts);
}

/** A member of a map; undefined when it is not there. */
export function memberOf(map: Readonly<Record<string, GoValue>>, key: string): GoValue {
  if (!Object.hasOwn(map, key)) return undefined;
  const value = map[key];
  return value === undefined ? null : value;
}

/** A map of these members, of any names. */
export function mapOf(entries: Iterable<readonly [string, GoValue]>): Record<string, GoValue> {
  return Object.fromEntries(entries);
}

/** Go's `reflect.DeepEqual`. */
export function deepEqual(a: GoValue, b: GoValue): boolean {
  if (a === b) return true;
  if (a === null || a === undefined || b === null || b === undefined)
    return (a ?? b ?? null) === null;
  if (typeof a !== "object" || typeof b !== "object") return false;
  if (goType(a) !== goType(b)) return false;
  if (a instanceof GoInt) return b instanceof GoInt && a.value === b.value;
  if (a instanceof GoObject) return a.equals(b);
  if (Array.isArray(a))
    return (
      Array.isArray(b) &&
      a.length === b.length &&
      isNilSlice(a) === isNilSlice(b) &&
      a.every((item, index) => deepEqual(item, b[index]))
    );
  if (!isGoMap(a) || !isGoMap(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && deepEqual(a[key], b[key]))
  );
}
