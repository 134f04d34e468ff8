import type { Issue, Place } from "../model/issue.ts";
import { warningIssue } from "../model/issue.ts";
import type { Json } from "../model/json.ts";
import { readStream } from "./read-stream.ts";
import { membersOf, type Slot, type YamlNode } from "./yaml-node.ts";

/** What `parseGoYaml` found. */
export interface GoYaml {
  /** The document; undefined when it is empty or broken. */
  readonly root: Slot | undefined;
  readonly issues: Issue[];
  /** Where an offset of the text stands. */
  placeAt(offset: number): Place;
}

/**
 * Reads the first document of a text as KUDO does (go-yaml v2 behind `sigs.k8s.io/yaml`, not strict). What `parseYaml` refuses and KUDO reads is a warning each: keys given
 * twice (the last one wins), tags of others, keys that are no text, further documents. Integers beyond 2^53 are a bigint. It never throws.
 * @param file the name that issues and places carry
 */
export function parseGoYaml(text: string, file: string): GoYaml {
  const { documents, issues, lineCol } = readStream(text, file, "go");
  const [root, second] = documents;
  const placeAt = (offset: number): Place => ({ file, ...lineCol(Math.max(offset, 0)) });
  if (second) {
    const message = "only the first document is read, a second one begins here";
    issues.push(warningIssue("yaml-documents", message, placeAt(second.offset)));
  }
  return { root, issues, placeAt };
}

/** Plain data of a node as KUDO holds it where it knows no type: every number is a 64-bit float. */
export function goJson(node: YamlNode): Json {
  switch (node.kind) {
    case "scalar":
      return typeof node.value === "bigint" ? Number(node.value) : node.value;
    case "list":
      return node.items.map((item) => goJson(item.node));
    case "map":
      return Object.fromEntries(membersOf(node).map(({ key, node }) => [key, goJson(node)]));
  }
}
