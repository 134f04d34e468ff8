import { DUMP_SCHEMA, NOT_RESOLVED, type Schema, type TagDefinition } from "js-yaml";
import { resolveScalar } from "./resolve-scalar.ts";

const INT = "tag:yaml.org,2002:int";

/** js-yaml's schema for writing, which quotes what YAML 1.1 or 1.2 would misread, made to quote what Kubernetes would misread too (`0o17`, `1_e3`). */
export const dumpSchema: Schema = DUMP_SCHEMA.withTags(DUMP_SCHEMA.tags.map(asKubernetes));

function asKubernetes(tag: TagDefinition): TagDefinition {
  if (tag.nodeKind !== "scalar" || tag.tagName !== INT) return tag;
  return {
    ...tag,
    implicitFirstChars: null,
    resolve: (source, isExplicit, tagName) => {
      const value = tag.resolve(source, isExplicit, tagName);
      if (value !== NOT_RESOLVED) return value;
      const kubernetes = resolveScalar(source);
      const isNumber = typeof kubernetes === "number" || typeof kubernetes === "bigint";
      // A fraction without underscores is what js-yaml's own float says; to claim it here would have it written with a tag.
      const isFloat = /[.eE]/.test(source) && !source.includes("_");
      return isNumber && !isFloat ? kubernetes : NOT_RESOLVED;
    },
  };
}
