import type { Place } from "./issue.ts";
import type { Json } from "./json.ts";

/** The types a parameter may have. A `secret` is text that is kept in a Secret and never shown. */
export type ParameterType =
  | "string"
  | "integer"
  | "number"
  | "boolean"
  | "array"
  | "map"
  | "secret";

/** What a secret that nobody gives is: 24 letters and digits, or a private key (EC, P-256) in PEM. */
export type SecretKind = "password" | "private-key";

/** A declared parameter of a package. */
export interface Parameter {
  readonly name: string;
  /** In a KUDO package `string` for everything that KUDO takes for text: `kudoType` is the word that is written. */
  readonly type: ParameterType;
  /** Of a KUDO package, and only there: the type as it is written, empty when there is none. An unknown word is a text that is never checked. */
  readonly kudoType?: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly hint?: string;
  readonly group?: string;
  /** Of a KUDO package: for experienced people. */
  readonly advanced?: boolean;
  /** In a KUDO package the value as its file says it, a null being none; what KUDO makes of it is `kudoDefault`. */
  readonly default?: Json;
  /** Must have a value. A secret that is not required is generated when it is not given. */
  readonly required: boolean;
  /** Of a secret: what is generated when it is not given; a password when absent. */
  readonly generate?: SecretKind;
  /** The values it may have. */
  readonly enum?: readonly Json[];
  /** May not change after install. */
  readonly immutable: boolean;
  /** The plan that a change of it runs; else `update`, else `deploy`. */
  readonly trigger?: string;
  /** Where it is declared. */
  readonly at: Place;
}

/** A group of parameters, for people. */
export interface ParameterGroup {
  readonly name: string;
  readonly displayName?: string;
  readonly description?: string;
  /** Of a KUDO package: the lower, the earlier it is listed. */
  readonly priority?: number;
}

/** What a template sees of a secret parameter: where it is kept, never what it is. */
export interface SecretRef {
  /** Name of the Secret. */
  readonly name: string;
  /** Key in the Secret's data. */
  readonly key: string;
}

/** Effective values by parameter name; a secret's value is a `SecretRef`; a parameter without value is null. */
export type ParameterValues = Readonly<Record<string, Json>>;
