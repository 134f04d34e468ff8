import type { KubeObject } from "../../model/kube-object.ts";
import type { ControllerApi } from "../controller-api.ts";
import { claimed, controllerRef } from "./owner.ts";
import { type PodTemplate, specOf } from "./shapes.ts";
import { templateHash } from "./template-hash.ts";

/** A template that a StatefulSet or DaemonSet has or had. */
export interface Revision {
  /** Name of its ControllerRevision, and value of the pods' label. */
  readonly name: string;
  readonly hash: string;
  readonly number: number;
  readonly template: PodTemplate;
}

/** Label on pods that tells the revision they were made from. */
export const REVISION_LABEL = "controller-revision-hash";

/** All revisions of a workload, the oldest first; the one of its present template is the last, made or renumbered if need be. */
export function revisionsOf(api: ControllerApi, owner: KubeObject): Revision[] {
  const { selector, template } = specOf(owner);
  const stored = claimed(api, owner, "ControllerRevision", selector).sort(
    (a, b) => numberOf(a) - numberOf(b),
  );
  const hash = templateHash(template);
  const known = stored.find(({ metadata }) => metadata.labels?.[HASH_LABEL] === hash);
  const last = stored.at(-1);
  const next = (last === undefined ? 0 : numberOf(last)) + 1;
  if (known === undefined) stored.push(create(api, owner, hash, next));
  else if (known !== last) {
    stored.splice(stored.indexOf(known), 1);
    stored.push(api.update({ ...known, revision: next }));
  }
  return stored.map(revisionFrom);
}

/** Drops the oldest revisions beyond the history limit, all but the live ones. */
export function forgetRevisions(
  api: ControllerApi,
  owner: KubeObject,
  revisions: readonly Revision[],
  live: ReadonlySet<string>,
): void {
  const limit = specOf(owner).revisionHistoryLimit ?? 10;
  const idle = revisions.filter(({ name }) => !live.has(name));
  const { namespace = "" } = owner.metadata;
  for (const { name } of idle.slice(0, Math.max(0, idle.length - limit)))
    api.delete("ControllerRevision", name, { namespace });
}

const HASH_LABEL = "controller.kubernetes.io/hash";

function create(api: ControllerApi, owner: KubeObject, hash: string, revision: number): KubeObject {
  const { name, namespace = "" } = owner.metadata;
  const { selector, template } = specOf(owner);
  return api.create({
    apiVersion: "apps/v1",
    kind: "ControllerRevision",
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: { ...selector?.matchLabels, [HASH_LABEL]: hash },
      ownerReferences: [controllerRef(owner)],
    },
    data: { spec: { template: { ...template, $patch: "replace" } } },
    revision,
  });
}

function numberOf(revision: KubeObject): number {
  return Number(revision.revision ?? 0);
}

function revisionFrom(stored: KubeObject): Revision {
  const { $patch: _, ...template } = (
    stored.data as { spec: { template: PodTemplate & { $patch?: string } } }
  ).spec.template;
  return {
    name: stored.metadata.name,
    hash: stored.metadata.labels?.[HASH_LABEL] ?? "",
    number: numberOf(stored),
    template,
  };
}
