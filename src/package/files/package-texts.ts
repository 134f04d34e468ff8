import { errorIssue, type Issue } from "../../model/issue.ts";

/** The texts of a package's files. */
export interface PackageTexts {
  /** Undefined when there is no such file, or none that is text. */
  readonly operator: string | undefined;
  readonly params: string | undefined;
  /** By key: the path below `templates/`. */
  readonly templates: ReadonlyMap<string, string>;
  readonly issues: Issue[];
}

const TEMPLATES = "templates/";

/** Decodes what of a package is read as text, and reports what is missing, misnamed or no UTF-8. */
export function packageTexts(files: ReadonlyMap<string, Uint8Array>): PackageTexts {
  const issues: Issue[] = [];
  const templates = new Map<string, string>();
  for (const path of [...files.keys()].sort()) {
    if (!path.startsWith(TEMPLATES)) continue;
    const text = read(path);
    if (text !== undefined) templates.set(path.slice(TEMPLATES.length), text);
  }
  return {
    operator: required("operator.yaml"),
    params: required("params.yaml"),
    templates,
    issues,
  };

  function required(path: string): string | undefined {
    if (files.has(path)) return read(path);
    const at = { file: path, line: 1, col: 1 };
    issues.push(errorIssue("missing-file", `the package has no ${path}`, at, hintFor(path)));
    return undefined;
  }

  function hintFor(path: string): string | undefined {
    const stem = path.slice(0, path.indexOf("."));
    const misnamed = [...files.keys()].find((other) =>
      new RegExp(`^${stem.slice(0, 5)}[a-z]*\\.(ya?ml|json)$`, "i").test(other),
    );
    if (misnamed) return `rename ${misnamed} to ${path}`;
    const deeper = [...files.keys()].find((other) => other.endsWith(`/${path}`));
    if (deeper) return `there is one in the folder ${deeper.slice(0, -path.length - 1)}`;
    return path === "params.yaml" ? "a package without parameters has an empty one" : undefined;
  }

  function read(path: string): string | undefined {
    const content = files.get(path);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
    } catch {
      const at = { file: path, line: 1, col: 1 };
      issues.push(errorIssue("not-utf8", `${path} is not UTF-8 text`, at));
      return undefined;
    }
  }
}
