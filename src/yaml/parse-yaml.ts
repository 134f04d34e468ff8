import { errorIssue, type Issue, type Place } from "../model/issue.ts";
import { readStream } from "./read-stream.ts";
import { memberOf, plainValue, type Slot } from "./yaml-node.ts";

/** What `parseYaml` found. */
export interface ParsedYaml {
  /** The document as plain data; null when it is empty or broken. Never shares parts with itself. */
  readonly value: unknown;
  readonly issues: Issue[];
  /** Where a value (or the key of a mapping member) stands; the nearest known ancestor for a path that is not there. */
  placeOf(path: readonly (string | number)[], part?: "key" | "value"): Place;
  /** A scalar as it is written, without its quotes; undefined for what is no scalar or not there. */
  textOf(path: readonly (string | number)[]): string | undefined;
}

/**
 * Reads one YAML document the way Kubernetes does (`resolveScalar`; merge keys; a byte order mark and CRLF are fine), but strictly: duplicate keys,
 * tags other than YAML's own, integers beyond 2^53 and more than one document are errors. Nothing but the text decides the result; it never throws.
 * @param file the name that issues and places carry
 */
export function parseYaml(text: string, file: string): ParsedYaml {
  const { documents, issues, lineCol } = readStream(text, file);
  const [document, second] = documents;
  if (second)
    issues.push(
      errorIssue("yaml-documents", "one document is expected, a second one begins here", {
        file,
        ...lineCol(second.offset),
      }),
    );
  return {
    value: document === undefined ? null : plainValue(document.node),
    issues,
    placeOf: (path, part = "value") => {
      const found = document && find(document, path, part);
      return { file, ...lineCol(found?.offset ?? 0) };
    },
    textOf: (path) => {
      const found = document && find(document, path, "value");
      const node = found?.depth === path.length ? found.node : undefined;
      return node?.kind === "scalar" ? node.text : undefined;
    },
  };
}

interface Found extends Slot {
  /** How much of the path was there. */
  readonly depth: number;
}

function find(root: Slot, path: readonly (string | number)[], part: "key" | "value"): Found {
  let here: Found = { ...root, depth: 0 };
  for (const [index, name] of path.entries()) {
    const next = step(here, name, part === "key" && index === path.length - 1);
    if (next === undefined) return here;
    here = { ...next, depth: index + 1 };
  }
  return here;
}

function step({ node }: Slot, name: string | number, wantsKey: boolean): Slot | undefined {
  if (node.kind === "list") return node.items[Number(name)];
  if (node.kind === "scalar") return undefined;
  const member = memberOf(node, String(name));
  return member && wantsKey ? { node: member.node, offset: member.keyOffset } : member;
}
