import type { Health, HealthContext } from "../../model/health.ts";
import { type KubeObject, refOf } from "../../model/kube-object.ts";
import { textAt } from "../fields.ts";
import { containersOf } from "../pod-containers.ts";
import { withoutDurations } from "../pod-node.ts";
import { isPodReady } from "../pod-serves.ts";
import { podSigns, podStage } from "../pod-stage.ts";
import { exitText, podTrouble } from "../pod-trouble.ts";
import { eventsOf } from "../relatives.ts";
import type { HealthRule } from "../rule.ts";
import { failed, progressing, ready } from "../verdict.ts";

/** Ready when it is Ready, or, for one that runs to its end, when it has succeeded. */
export const pod: HealthRule = { judge: judgePod, relatives: eventsOf };

function judgePod(object: KubeObject, context: HealthContext): Health {
  const phase = textAt(object, "status", "phase");
  if (phase === "Succeeded") return ready("ran to its end");
  if (phase === "Failed") return failedPod(object);
  if (isPodReady(object)) return ready();
  const trouble = podTrouble(object, context);
  if (trouble?.final) return trouble.failure;
  const message = podStage(object, context);
  return progressing(message, withoutDurations(message), podSigns(object));
}

/** A pod of nobody: no controller makes another one. */
function failedPod(object: KubeObject): Health {
  const { name, namespace } = object.metadata;
  const reason = textAt(object, "status", "reason") || "PodFailed";
  const crashed = containersOf(object).find(({ ended }) => (ended?.exitCode ?? 0) !== 0);
  const how =
    textAt(object, "status", "message") ||
    (crashed?.ended === undefined
      ? "it ended"
      : `container ${crashed.name} ended with ${exitText(crashed.ended)}`);
  return failed(reason, `pod ${name} failed: ${how}`, {
    hint: `kubectl -n ${namespace ?? "default"} describe pod ${name}`,
    culprit: crashed && { pod: refOf(object), container: crashed.name },
  });
}
