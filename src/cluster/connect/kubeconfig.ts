import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { load, YAMLException } from "js-yaml";
import { isMap } from "../../model/json.ts";
import { KplanError } from "../../model/kplan-error.ts";

/** A named member of a kubeconfig (`clusters[]`, `users[]`, `contexts[]`), with the file it was read from. */
export interface ConfigEntry {
  readonly name: string;
  /** Its `cluster`, `user` or `context` map. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly file: string;
}

/** Several kubeconfig files as one, by kubectl's rule: of each name, and of `current-context`, the first file's word counts. */
export interface Kubeconfig {
  readonly files: readonly string[];
  readonly currentContext: string | undefined;
  readonly clusters: ReadonlyMap<string, ConfigEntry>;
  readonly users: ReadonlyMap<string, ConfigEntry>;
  readonly contexts: ReadonlyMap<string, ConfigEntry>;
}

/** Reads and merges kubeconfig files. Throws a `bad-input` KplanError naming the file that is unreadable, empty or broken. */
export function readKubeconfig(files: readonly string[]): Kubeconfig {
  let currentContext: string | undefined;
  const clusters = new Map<string, ConfigEntry>();
  const users = new Map<string, ConfigEntry>();
  const contexts = new Map<string, ConfigEntry>();
  for (const file of files) {
    const content = parse(file);
    currentContext ??= textOf(content["current-context"]);
    collect(clusters, content, "clusters", "cluster", file);
    collect(users, content, "users", "user", file);
    collect(contexts, content, "contexts", "context", file);
  }
  return { files, currentContext, clusters, users, contexts };
}

/** A scalar of a kubeconfig as text; undefined when absent, null or empty. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** A path in a kubeconfig: relative ones count from the file's folder. */
export function pathIn(entry: ConfigEntry, path: string): string {
  return resolve(dirname(entry.file), path);
}

/** The error for a kubeconfig that cannot be used. */
export function badConfig(file: string, what: string, hint?: string): KplanError {
  return new KplanError("bad-kubeconfig", `kubeconfig ${file}: ${what}`, {
    kind: "bad-input",
    hint: hint ?? "mend the file, or name another with --kubeconfig or KUBECONFIG",
  });
}

function parse(file: string): Record<string, unknown> {
  const text = readText(file);
  if (text.trim() === "") throw badConfig(file, "the file is empty");
  let content: unknown;
  try {
    content = load(text, { filename: file, maxAliases: 100 });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { mark } = error;
    const place = mark === undefined ? "" : ` in line ${mark.line + 1}, column ${mark.column + 1}`;
    throw badConfig(file, `not YAML${place}: ${error.reason}`);
  }
  if (!isMap(content)) throw badConfig(file, "expected a map with clusters, users and contexts");
  const kind = content.kind;
  if (kind !== undefined && kind !== "Config")
    throw badConfig(file, `expected kind Config, found ${JSON.stringify(kind)}`);
  return content;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOENT") throw badConfig(file, "no such file");
    if (code === "EISDIR") throw badConfig(file, "it is a folder");
    if (code === "EACCES") throw badConfig(file, "not readable for this user");
    throw badConfig(file, error instanceof Error ? error.message : String(error));
  }
}

function collect(
  into: Map<string, ConfigEntry>,
  content: Record<string, unknown>,
  list: string,
  member: string,
  file: string,
): void {
  const items = content[list] ?? [];
  if (!Array.isArray(items)) throw badConfig(file, `${list}: expected a list`);
  items.forEach((item: unknown, index) => {
    const name = isMap(item) ? textOf(item.name) : undefined;
    if (!isMap(item) || name === undefined)
      throw badConfig(file, `${list}[${index}]: expected a map with a name`);
    const value = item[member] ?? {};
    if (!isMap(value)) throw badConfig(file, `${list}[${index}].${member}: expected a map`);
    if (!into.has(name)) into.set(name, { name, value, file });
  });
}
