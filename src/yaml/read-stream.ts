import { parseEvents, YAMLException } from "js-yaml";
import { errorIssue, type Issue, warningIssue } from "../model/issue.ts";
import { composeYaml, MAX_DEPTH, type Report, TOO_DEEP, type YamlManner } from "./compose-yaml.ts";
import { type LineCol, lineIndex } from "./line-index.ts";
import type { Slot } from "./yaml-node.ts";

/** The documents of a text with their places. */
export interface YamlStream {
  readonly documents: readonly Slot[];
  readonly issues: Issue[];
  readonly lineCol: (offset: number) => LineCol;
}

/** Parses a text of any number of YAML documents. A text that is not YAML gives one issue and no documents. */
export function readStream(
  source: string,
  file: string,
  manner: YamlManner = "strict",
): YamlStream {
  // A byte order mark takes no column.
  const text = source.startsWith("\uFEFF") ? source.slice(1) : source;
  const lineCol = lineIndex(text);
  const issues: Issue[] = [];
  try {
    const events = parseEvents(text, { maxDepth: MAX_DEPTH });
    const report: Report = (code, message, offset, { hint, lenient } = {}) => {
      const issueOf = lenient ? warningIssue : errorIssue;
      issues.push(issueOf(code, message, { file, ...lineCol(offset) }, hint));
    };
    const documents = composeYaml(text, events, report, manner);
    return { documents, issues, lineCol };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { documents: [], issues: [syntaxIssue(error, file)], lineCol };
  }
}

function syntaxIssue(error: YAMLException, file: string): Issue {
  const { line = 0, column = 0 } = error.mark ?? {};
  const at = { file, line: line + 1, col: column + 1 };
  if (error.reason.startsWith("nesting exceeded")) return errorIssue("yaml-too-deep", TOO_DEEP, at);
  // js-yaml says only this when a text ends within brackets or quotes.
  const why =
    error.reason === "deficient indentation"
      ? "deficient indentation, or a bracket or a quote is left open above"
      : error.reason;
  return errorIssue("yaml-syntax", `not YAML: ${why}`, at);
}
