import { errorIssue, type Issue, warningIssue } from "../../model/issue.ts";

/** What of a folder is a KUDO package. */
export interface KudoFiles {
  /** Undefined when there is no such file, or none that is text. */
  readonly operator: string | undefined;
  readonly params: string | undefined;
  /** By key: the path below the last `templates/`. */
  readonly templates: ReadonlyMap<string, string>;
  readonly issues: Issue[];
}

/**
 * Sorts files as KUDO does (compat section 1.1): templates are those whose folder begins with the letters `templates` and whose name contains `.yaml`; everything else but
 * operator.yaml and params.yaml is no concern of the package. Where that is likely not what was meant, it is a warning.
 */
export function kudoFiles(files: ReadonlyMap<string, Uint8Array>): KudoFiles {
  const issues: Issue[] = [];
  const templates = new Map<string, string>();
  const paths = new Map<string, string>();
  for (const path of [...files.keys()].sort(asWalked)) {
    const slash = path.lastIndexOf("/");
    if (slash < 0 || !path.startsWith("templates")) continue;
    const name = path.slice(slash + 1);
    const at = { file: path, line: 1, col: 1 };
    if (!name.includes(".yaml")) {
      const message = `${path} is no template: its name does not contain .yaml`;
      issues.push(warningIssue("not-a-template", message, at));
      continue;
    }
    const key = templateKey(path);
    const unusual = !path.startsWith("templates/") || !name.endsWith(".yaml");
    if (unusual)
      issues.push(warningIssue("odd-template", `${path} is read as template "${key}"`, at));
    const other = paths.get(key);
    if (other !== undefined) {
      const message = `${path} and ${other} are both template "${key}"; ${other} is passed over`;
      issues.push(warningIssue("same-template", message, at));
    }
    paths.set(key, path);
    templates.set(key, textOf(path, true));
  }
  return {
    operator: required("operator.yaml"),
    params: required("params.yaml"),
    templates,
    issues,
  };

  function required(path: string): string | undefined {
    if (files.has(path)) return textOf(path, false);
    const at = { file: path, line: 1, col: 1 };
    const hint =
      path === "params.yaml" ? "a package without parameters has an empty one" : undefined;
    issues.push(errorIssue("missing-file", `the package has no ${path}`, at, hint));
    return undefined;
  }

  function textOf(path: string, lenient: boolean): string {
    const content = files.get(path);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
    } catch {
      const issueOf = lenient ? warningIssue : errorIssue;
      issues.push(
        issueOf("not-utf8", `${path} is not UTF-8 text`, { file: path, line: 1, col: 1 }),
      );
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(content);
    }
  }
}

const TEMPLATES = "templates/";

/** The text after the last `templates/`, or the whole path when there is none. */
export function templateKey(path: string): string {
  const start = path.lastIndexOf(TEMPLATES);
  return start < 0 ? path : path.slice(start + TEMPLATES.length);
}

/** In the order of a walk through the folders: names of each folder sorted, a folder where its name stands. */
function asWalked(a: string, b: string): number {
  const [left, right] = [a.split("/"), b.split("/")];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [x = "", y = ""] = [left[i], right[i]];
    if (x !== y) return x < y ? -1 : 1;
  }
  return left.length - right.length;
}
