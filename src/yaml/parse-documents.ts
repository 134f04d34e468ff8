import type { Issue } from "../model/issue.ts";
import { readStream } from "./read-stream.ts";
import { plainValue } from "./yaml-node.ts";

/** One document of a stream. */
export interface YamlDocument {
  readonly value: unknown;
  /** Line where its content begins, from 1. */
  readonly line: number;
}

/**
 * Reads a stream of YAML documents separated by `---`, such as a rendered template, by the same rules as `parseYaml`. Documents that hold nothing
 * but comments are left out. A text that is not YAML gives issues and no documents.
 */
export function parseDocuments(
  text: string,
  file: string,
): { documents: YamlDocument[]; issues: Issue[] } {
  const { documents, issues, lineCol } = readStream(text, file);
  return {
    documents: documents.map(({ node, offset }) => ({
      value: plainValue(node),
      line: lineCol(offset).line,
    })),
    issues,
  };
}
