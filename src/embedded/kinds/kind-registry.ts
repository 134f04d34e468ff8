import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { builtinKinds } from "./builtin-kinds.ts";
import { type CustomDefinition, customKinds } from "./custom-kind.ts";
import { apiVersionOf, type ServedKind, storageKey } from "./served-kind.ts";

/** What is served right now: the built-in kinds and those of established CustomResourceDefinitions. */
export interface KindRegistry {
  all(): readonly ServedKind[];
  /** By URL. */
  byPlural(group: string, version: string, plural: string): ServedKind | undefined;
  /** By kind, in the given version or in the preferred one. */
  byKind(group: string, kind: string, version?: string): ServedKind | undefined;
  /** By where it is stored. */
  byKey(key: string): ServedKind | undefined;
  /** Serves a definition's kinds from now on, in place of what it defined before. */
  define(definition: KubeObject): void;
  /** Stops serving the kinds of a definition. */
  undefine(name: string): void;
}

/** A registry of the built-in kinds. */
export function createKindRegistry(): KindRegistry {
  const builtin = builtinKinds();
  const custom = new Map<string, readonly ServedKind[]>();
  let all: readonly ServedKind[] = builtin;
  let byUrl = index(all);
  const changed = (): void => {
    all = [...builtin, ...[...custom.values()].flat()];
    byUrl = index(all);
  };
  return {
    all: () => all,
    byPlural: (group, version, plural) => byUrl.get(`${group}/${version}/${plural}`),
    byKind: (group, kind, version) =>
      all.find(
        (served) =>
          served.kind === kind &&
          served.group === group &&
          (version === undefined || served.version === version),
      ),
    byKey: (key) => all.find((served) => storageKey(served) === key),
    define: (definition) => {
      if (!isMap(definition.spec)) return;
      custom.set(definition.metadata.name, customKinds(definition as CustomDefinition));
      changed();
    },
    undefine: (name) => {
      custom.delete(name);
      changed();
    },
  };
}

function index(kinds: readonly ServedKind[]): Map<string, ServedKind> {
  return new Map(
    kinds.map((served) => [`${served.group}/${served.version}/${served.plural}`, served]),
  );
}

/** `group/version` of each version, preferred first. */
export function groupVersions(kinds: readonly ServedKind[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const kind of kinds) {
    const versions = groups.get(kind.group) ?? [];
    const version = apiVersionOf(kind);
    if (!versions.includes(version)) versions.push(version);
    groups.set(kind.group, versions);
  }
  return groups;
}
