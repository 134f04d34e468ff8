/** Where something stands in a template; both count from 1. */
export interface At {
  readonly line: number;
  readonly col: number;
}

/** A part of a template (docs/templates.md). */
export type Node = Text | Print | Choice | Loop | Narrow;

/** Text that is copied. */
export interface Text {
  readonly kind: "text";
  readonly text: string;
}

/** `{{expression}}` */
export interface Print {
  readonly kind: "print";
  readonly value: Expression;
  readonly at: At;
}

/** `{{#if}}`, and `{{#unless}}` with its branches swapped. */
export interface Choice {
  readonly kind: "choice";
  readonly test: Expression;
  /** 0 counts as something. */
  readonly includeZero: boolean;
  readonly full: readonly Node[];
  readonly empty: readonly Node[];
  readonly at: At;
}

/** `{{#each list as |item index|}}` */
export interface Loop {
  readonly kind: "loop";
  readonly over: Expression;
  /** At most two names. */
  readonly names: readonly string[];
  readonly body: readonly Node[];
  readonly empty: readonly Node[];
  readonly at: At;
}

/** `{{#with value as |name|}}` */
export interface Narrow {
  readonly kind: "narrow";
  readonly to: Expression;
  /** At most one name. */
  readonly names: readonly string[];
  readonly body: readonly Node[];
  readonly empty: readonly Node[];
  readonly at: At;
}

/** What has a value. */
export type Expression = Literal | Path | Call;

/** A text, number, boolean or null. */
export interface Literal {
  readonly kind: "literal";
  readonly value: string | number | boolean | null;
  readonly at: At;
}

/** `Params.NODE_COUNT`, `@index`, `../name`, `this` */
export interface Path {
  readonly kind: "path";
  readonly from: PathStart;
  /** Members to follow from there. */
  readonly parts: readonly string[];
  /** As it is written. */
  readonly text: string;
  readonly at: At;
}

/** Where a path begins. */
export type PathStart =
  /** What `this` is, `up` blocks further out. */
  | { readonly type: "context"; readonly up: number; readonly bare: boolean }
  /** All that a template can name. */
  | { readonly type: "root" }
  /** `@index` and its like, of the loop `up` loops further out. */
  | { readonly type: "loop"; readonly up: number; readonly name: LoopName }
  /** A name after `as`. */
  | { readonly type: "name"; readonly name: string };

/** What a loop says about its turn. */
export type LoopName = "index" | "key" | "first" | "last";

/** `(eq a b)`, or `{{eq a b}}` */
export interface Call {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Expression[];
  readonly at: At;
}
