import { join } from "node:path";

/** An object as it must be found after a command: a part of it, not at all (`absent`), or at most as one that somebody has deleted (`going`). */
export interface Sight {
  readonly apiVersion: string;
  readonly kind: string;
  /** `{ns}` stands for the namespace. */
  readonly name: string;
  readonly is: object | "absent" | "going";
}

/** A command line as it is typed, and what comes of it. */
export interface Scene {
  /** `@name` stands for the folder of that package, `{ns}` for the namespace. */
  readonly run: string;
  /** 0 when absent. */
  readonly code?: number;
  /** What it prints, on both streams. */
  readonly says?: RegExp;
  readonly sees?: readonly Sight[];
  /** Played only where containers run. */
  readonly real?: true;
}

/** What is done with instances of KUDO packages, from the first command to the last; the same on the embedded and on a real cluster. */
export interface Story {
  readonly name: string;
  readonly scenes: readonly Scene[];
  /** Packages of its own: texts by path, by the name they are called by here. Others are in the folder `packages`. */
  readonly packages?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The command line split at blanks, with the folders of packages in it; what is between apostrophes stays together. */
export function wordsOf(
  run: string,
  folders: Readonly<Record<string, string>> = {},
): readonly string[] {
  return (run.match(/(?:[^\s']|'[^']*')+/g) ?? []).map((word) =>
    word.replace(/'/g, "").replace(/^@(.+)$/, (_, name) => folders[name] ?? kudoPackage(name)),
  );
}

/** Folder of a package that these tests hold. */
export function kudoPackage(name: string): string {
  return join(import.meta.dirname, "packages", name);
}

/** A ConfigMap with this in its data. */
export function configMap(name: string, data: Readonly<Record<string, string>> | "absent"): Sight {
  return seen("v1", "ConfigMap", name, data === "absent" ? "absent" : { data });
}

/** Any object. */
export function seen(apiVersion: string, kind: string, name: string, is: Sight["is"]): Sight {
  return { apiVersion, kind, name, is };
}

/** An Instance. */
export function instance(name: string, is: object | "absent"): Sight {
  return seen("kudo.dev/v1beta1", "Instance", name, is);
}

/** An Instance whose plans have these statuses. */
export function planStatus(name: string, statuses: Readonly<Record<string, string>>): Sight {
  const planStatuses = Object.entries(statuses).map(([plan, status]) => [plan, { status }]);
  return instance(name, { status: { planStatus: Object.fromEntries(planStatuses) } });
}

/** No Instance any more. */
export function gone(name: string): Sight {
  return instance(name, "absent");
}
