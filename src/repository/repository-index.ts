import { errorIssue, hasErrors, type Issue, warningIssue } from "../model/issue.ts";
import { type KudoFields, kudoFields } from "../package/kudo/kudo-fields.ts";
import { bestFirst, type Versions } from "../package/resolve/best-first.ts";
import { dumpYaml } from "../yaml/dump-yaml.ts";
import { parseGoYaml } from "../yaml/parse-go-yaml.ts";
import { membersOf } from "../yaml/yaml-node.ts";

/** A package as an index lists it. */
export interface IndexEntry extends Versions {
  readonly name: string;
  readonly description?: string;
  readonly maintainers?: readonly { readonly name?: string; readonly email?: string }[];
  /** Where its archive is: addresses, or paths beside the index, in the order they are tried. */
  readonly urls: readonly string[];
  /** sha256 of the archive, hex. */
  readonly digest?: string;
  /** Withdrawn: not chosen any more. */
  readonly removed?: boolean;
}

/** What an `index.yaml` says (compat section 1.9). */
export interface RepositoryIndex {
  readonly apiVersion: string;
  /** RFC 3339. */
  readonly generated?: string;
  readonly entries: ReadonlyMap<string, readonly IndexEntry[]>;
}

const FIELDS = ["apiVersion", "generated", "entries"];
const ENTRY_FIELDS = [
  "name",
  "appVersion",
  "operatorVersion",
  "description",
  "maintainers",
  "urls",
  "digest",
  "removed",
];

/** Reads an `index.yaml` as KUDO does: `apiVersion` and every `operatorVersion` must be there. Pure; what is wrong comes back as issues. */
export function parseIndex(
  text: string,
  file: string,
): { readonly index?: RepositoryIndex; readonly issues: readonly Issue[] } {
  const { root, issues: read, placeAt } = parseGoYaml(text, file);
  const issues: Issue[] = [...read];
  const report = (severity: Issue["severity"], code: string, message: string, offset: number) => {
    const issueOf = severity === "error" ? errorIssue : warningIssue;
    issues.push(issueOf(code, message, placeAt(offset)));
  };
  const top = kudoFields(root, "", FIELDS, report);
  const apiVersion = top.text("apiVersion") ?? "";
  if (apiVersion === "" && !hasErrors(issues))
    report("error", "missing-field", "the index has no apiVersion", top.offset);
  const slot = top.slot("entries");
  const members = slot?.node.kind === "map" ? membersOf(slot.node) : [];
  if (slot && slot.node.kind !== "map")
    report("error", "wrong-type", "entries: expected a map", slot.offset);
  const entries = new Map<string, IndexEntry[]>();
  for (const { key, node, offset } of members) {
    if (node.kind === "scalar" && node.value === null) continue;
    if (node.kind !== "list") {
      report("error", "wrong-type", `entries.${key}: expected a list`, offset);
      continue;
    }
    const found = node.items.map((item, at) => {
      const entry = kudoFields(item, `entries.${key}[${at}]`, ENTRY_FIELDS, report);
      if ((entry.text("operatorVersion") ?? "") === "") {
        const message = `entries.${key}[${at}]: operatorVersion is missing`;
        report("error", "missing-field", message, entry.offset);
      }
      return entryOf(key, entry);
    });
    entries.set(key, found);
  }
  if (hasErrors(issues)) return { issues };
  const generated = top.text("generated");
  return { index: { apiVersion, entries, ...(generated && { generated }) }, issues };
}

function entryOf(key: string, entry: KudoFields): IndexEntry {
  const text = (field: string) => entry.text(field) || undefined;
  const [name = key, appVersion, description, digest] = [
    text("name"),
    text("appVersion"),
    text("description"),
    text("digest"),
  ];
  const maintainers = entry.structs("maintainers", ["name", "email"]).map((person) => ({
    ...(person.text("name") && { name: person.text("name") ?? "" }),
    ...(person.text("email") && { email: person.text("email") ?? "" }),
  }));
  return {
    name,
    operatorVersion: entry.text("operatorVersion") ?? "",
    ...(appVersion && { appVersion }),
    ...(description && { description }),
    ...(maintainers.length > 0 && { maintainers }),
    urls: entry.texts("urls").filter((url) => url !== ""),
    ...(digest && { digest }),
    ...(entry.flag("removed") && { removed: true }),
  };
}

/** The text of an `index.yaml`: names sorted, the best version of each first. */
export function indexText({ apiVersion, generated, entries }: RepositoryIndex): string {
  const sorted = [...entries].map(([name, list]) => [name, list.toSorted(bestFirst)] as const);
  const value = {
    apiVersion,
    ...(generated && { generated }),
    entries: Object.fromEntries(sorted),
  };
  return dumpYaml(value);
}

/**
 * The entries of both; of one version that both have, the first one's stays (`repo index --merge`: what lies in the folder wins).
 */
export function mergedIndex(first: RepositoryIndex, other: RepositoryIndex): RepositoryIndex {
  const entries = new Map(first.entries);
  for (const [name, list] of other.entries) {
    const own = entries.get(name) ?? [];
    const isOwn = (entry: IndexEntry) => own.some((each) => bestFirst(each, entry) === 0);
    entries.set(name, [...own, ...list.filter((entry) => !isOwn(entry))]);
  }
  return { ...first, entries };
}
