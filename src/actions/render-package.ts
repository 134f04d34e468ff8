import type { Issue } from "../model/issue.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { RunPath } from "../model/run.ts";
import type { Capabilities } from "../model/scope.ts";
import type { GivenValues } from "./given-values.ts";

/** What `package render` is asked for. */
export interface RenderRequest {
  readonly source: string;
  readonly values: GivenValues;
  /** Only this plan; every plan when absent. */
  readonly plan?: string;
  /** Only steps of this name. */
  readonly step?: string;
  /** `<operator>-instance` when absent. */
  readonly instance?: string;
  /** `default` when absent. */
  readonly namespace?: string;
  /** What the cluster is taken to serve. */
  readonly capabilities: Capabilities;
}

/** The objects of one task, as they would be applied or deleted. */
export interface RenderedTask {
  /** plan, phase, step, task. */
  readonly path: RunPath;
  readonly act: "apply" | "delete";
  readonly objects: readonly KubeObject[];
}

/** Renders a package offline; values are checked as for an install. Throws KplanError `bad-input` with every problem. */
export async function renderPackage(
  _request: RenderRequest,
): Promise<{ readonly tasks: readonly RenderedTask[]; readonly warnings: readonly Issue[] }> {
  throw new Error("not there yet");
}
