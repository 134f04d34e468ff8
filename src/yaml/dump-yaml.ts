import { type Document, dump, type Node, visit } from "js-yaml";
import { dumpSchema } from "./dump-schema.ts";

/** How `dumpYaml` writes. */
export interface DumpYamlOptions {
  /** The value is a Kubernetes object: apiVersion, kind and metadata come first, and name and namespace first in metadata. */
  readonly object?: boolean;
  /** False: keys stay in the order they have; else they are sorted. */
  readonly sorted?: boolean;
}

/**
 * YAML text of a JSON value, ending in a line break: keys sorted, lists not indented under their key, long lines not folded. A string that any YAML
 * reader (1.1, 1.2, Kubernetes') would take for something else is quoted. What JSON cannot say, such as undefined, is left out.
 */
export function dumpYaml(value: unknown, options: DumpYamlOptions = {}): string {
  return dump(value, {
    schema: dumpSchema,
    seqNoIndent: true,
    lineWidth: -1,
    noRefs: true,
    skipInvalid: true,
    quoteStyle: "double",
    transform: (documents) => {
      if (options.sorted !== false) sortKeys(documents, options.object ? OBJECT_ORDER : []);
    },
  });
}

const OBJECT_ORDER = ["apiVersion", "kind", "metadata"];

function sortKeys(documents: Document[], first: readonly string[]): void {
  visit(documents, (node, { depth }) => {
    if (node.kind !== "mapping") return;
    const rank = (key: Node) => {
      const index = depth === 0 ? first.indexOf(textOf(key)) : -1;
      return index < 0 ? first.length : index;
    };
    node.items.sort((a, b) => rank(a.key) - rank(b.key) || order(textOf(a.key), textOf(b.key)));
  });
}

function textOf(node: Node): string {
  return node.kind === "scalar" ? node.value : "";
}

/** By code units: the same everywhere, whatever the language of the machine. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
