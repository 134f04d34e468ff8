import type { KubeObject } from "../../model/kube-object.ts";
import { refKey, refOf } from "../../model/kube-object.ts";
import type { RunPath } from "../../model/run.ts";
import { pathText } from "../../model/run.ts";

/** What a dry run found out about one object of one task. */
export interface CheckedWrite {
  /** The very bytes that were asked about (canonical JSON of the enhanced object); another object needs another check. */
  readonly body: string;
  readonly change: "create" | "configure" | "unchanged";
  /** What was there; undefined for `create`. */
  readonly live: KubeObject | undefined;
  /** Monotonic time of the look. */
  readonly at: number;
}

/** Answers of a dry run, so that the run that follows need not ask again. Kept in memory only. */
export type PreviewCache = Map<string, CheckedWrite>;

/** An empty cache. */
export function createPreviewCache(): PreviewCache {
  return new Map();
}

/** The key of an object in the task at `path`. */
export function checkKey(path: RunPath, object: KubeObject): string {
  return `${pathText(path)} ${refKey(refOf(object))}`;
}
