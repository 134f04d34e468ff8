import type { Health, HealthContext } from "../../model/health.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { countAt, textAt } from "../fields.ts";
import { notYetObserved } from "../observed.ts";
import { eventsOf, podsOf } from "../relatives.ts";
import type { HealthRule } from "../rule.ts";
import { ready } from "../verdict.ts";
import { creationFailure, finalFailure, ownedBy, podsProgress } from "../workload-pods.ts";

/** Ready when every node that should run a pod runs an available one of the newest template. */
export const daemonSet: HealthRule = {
  judge: judgeDaemonSet,
  relatives: (object) => [...podsOf(object), ...eventsOf(object)],
};

function judgeDaemonSet(object: KubeObject, context: HealthContext): Health {
  const unseen = notYetObserved(object, context);
  // While pods are refused the controller does not get as far as writing that it has seen the spec.
  if (unseen !== undefined) return creationFailure(object, context) ?? unseen;

  const wanted = countAt(object, "status", "desiredNumberScheduled");
  const updated = countAt(object, "status", "updatedNumberScheduled");
  const available = countAt(object, "status", "numberAvailable");
  const onDelete = textAt(object, "spec", "updateStrategy", "type") === "OnDelete";
  if (available >= wanted && (onDelete || updated >= wanted)) {
    if (wanted === 0) return ready("no node asks for its pod");
    const said = `${available} of ${wanted} pods available`;
    return ready(
      updated < wanted
        ? `${said}; updateStrategy is OnDelete: ${wanted - updated} will have the new template when deleted`
        : said,
    );
  }
  const pods = ownedBy(object, "Pod", context);
  const failure = finalFailure(onDelete ? pods : newPods(object, pods), context);
  if (failure !== undefined) return failure;
  const refused = pods.length < wanted ? creationFailure(object, context) : undefined;
  if (refused !== undefined) return refused;
  return podsProgress(
    wanted,
    pods,
    context,
    available >= wanted ? `${updated} of ${wanted} updated` : "",
  );
}

/** Pods of the newest template, by the generation that the controller writes on each. */
function newPods(object: KubeObject, pods: readonly KubeObject[]): readonly KubeObject[] {
  const generation = object.metadata.annotations?.["deprecated.daemonset.template.generation"];
  if (generation === undefined) return pods;
  return pods.filter(({ metadata }) => metadata.labels?.["pod-template-generation"] === generation);
}
