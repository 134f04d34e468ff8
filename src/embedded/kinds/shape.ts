/**
 * What a value of the API looks like: enough to drop unknown fields, to check types, to fill in what is always there, and to
 * know how lists merge (server-side apply and strategic merge patch). Built-in kinds have their shapes from `types/`,
 * custom ones from their structural schema.
 */
export type Shape = ScalarShape | AnyShape | MapShape | ListShape | StructShape;

/** A single value. `quantity` and `intstr` are numbers or strings, `bytes` is base64, `time` RFC 3339. */
export interface ScalarShape {
  readonly type: "str" | "int" | "num" | "bool" | "bytes" | "time" | "quantity" | "intstr";
}

/** Anything; maps in it merge by key, lists are replaced. */
export interface AnyShape {
  readonly type: "any";
}

/** Free keys. */
export interface MapShape {
  readonly type: "map";
  readonly of: Shape;
  /** Set and owned as a whole. */
  readonly atomic: boolean;
}

/** A list. */
export interface ListShape {
  readonly type: "list";
  readonly of: Shape;
  /** How server-side apply merges it: as a whole, as a set of scalars, or by these keys of its items. */
  readonly by: "atomic" | "set" | readonly string[];
  /** Values of keys that an item may leave out. */
  readonly keyDefaults?: Readonly<Record<string, unknown>>;
  /** How strategic merge patch merges it: replaces it, adds to a set, or merges by this key. */
  readonly patch: "replace" | "set" | { readonly key: string };
}

/** Known fields. */
export interface StructShape {
  readonly type: "struct";
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldShape>;
  /** Unknown fields are kept (x-kubernetes-preserve-unknown-fields). */
  readonly open: boolean;
  /** Set and owned as a whole. */
  readonly atomic: boolean;
}

/** One field. */
export interface FieldShape {
  readonly shape: Shape;
  readonly required: boolean;
  /** Shown even when empty: `{}`, or 0, or false. */
  readonly always: boolean;
  /** Strategic merge patch drops what it does not name. */
  readonly retainKeys: boolean;
}

/** Any value. */
export const ANY: AnyShape = { type: "any" };
