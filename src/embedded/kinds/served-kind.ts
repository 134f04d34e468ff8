import type { StructShape } from "./shape.ts";

/** One kind in one version, as the server serves it. */
export interface ServedKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** As in the URL. */
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly shape: StructShape;
  /** Has a status subresource: writes to the object leave the status alone, and the other way round. */
  readonly status: boolean;
  /** Has a scale subresource. */
  readonly scale?: ScalePaths;
  /** Counts `metadata.generation`. */
  readonly generation: boolean;
  /** An update must name the version it replaces. */
  readonly versionedUpdate: boolean;
  /** Only answers a POST (access reviews); nothing is stored. */
  readonly virtual: boolean;
  /** Set for a kind of a CustomResourceDefinition. */
  readonly custom?: CustomKind;
}

/** Dotted paths of a scale subresource. */
export interface ScalePaths {
  readonly replicas: string;
  readonly statusReplicas: string;
  readonly selector?: string;
}

/** What a CustomResourceDefinition adds. */
export interface CustomKind {
  /** Name of the definition. */
  readonly definition: string;
  /** The version's openAPIV3Schema. */
  readonly schema: Record<string, unknown>;
  readonly columns: readonly PrinterColumn[];
}

/** An additionalPrinterColumns entry. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly description?: string;
  readonly format?: string;
  readonly priority?: number;
}

/** Names where the objects of a kind are kept, whatever version they are asked for in: `apps/statefulsets`. */
export function storageKey(kind: Pick<ServedKind, "group" | "plural">): string {
  return `${kind.group}/${kind.plural}`;
}

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(kind: Pick<ServedKind, "group" | "version">): string {
  return kind.group ? `${kind.group}/${kind.version}` : kind.version;
}
