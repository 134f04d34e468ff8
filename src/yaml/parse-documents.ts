import type { Issue } from "../model/issue.ts";

/** One document of a stream. */
export interface YamlDocument {
  readonly value: unknown;
  /** Line where its content begins, from 1. */
  readonly line: number;
}

/** Reads a stream of YAML documents. */
export function parseDocuments(
  _text: string,
  _file: string,
): { documents: YamlDocument[]; issues: Issue[] } {
  throw new Error("not written yet");
}
