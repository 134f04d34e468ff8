import type { KubeObject } from "../model/kube-object.ts";

/** An object as another version of its API says the same, or why that version cannot say it. */
export type Converted =
  | {
      /** Its `apiVersion` is of no meaning: whoever asked sets it. */
      readonly object: KubeObject;
      /** What a person should know: what had to be written out, and what is no longer checked. */
      readonly notes: readonly string[];
    }
  | { readonly problem: string; readonly hint?: string };

/** Says an object in another version of its API. Pure; the object is left as it is. */
export type Conversion = (object: KubeObject) => Converted;

/** Any part of an object. */
export type Fields = Record<string, unknown>;

/** The same fields in both versions. */
export const sameFields: Conversion = (object) => ({ object, notes: [] });
