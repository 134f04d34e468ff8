import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { expect, test } from "vitest";
import { DEFAULT_HEALTH_LIMITS, type Health } from "../model/health.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { computeHealth } from "./health.ts";

const folder = join(import.meta.dirname, "fixtures");

/** Health of a recorded object, `seconds` after it was recorded. */
function healthOf(fixture: string, seconds: number, lookedFor?: number): Health {
  const text = readFileSync(join(folder, `${fixture}.yaml`), "utf8");
  const recordedAt = Date.parse(/ at (\S+):/.exec(text)?.[1] ?? "");
  const [object, ...related] = loadAll(text) as KubeObject[];
  const now = new Date(recordedAt + seconds * 1000);
  const since =
    lookedFor === undefined ? {} : { since: new Date(now.getTime() - lookedFor * 1000) };
  return computeHealth(object, { now, limits: DEFAULT_HEALTH_LIMITS, related, ...since });
}

function wordOf(health: Health): string {
  return health.state === "failed" ? `failed ${health.reason}` : health.state;
}

const rows: readonly (readonly [fixture: string, seconds: number, word: string, says: string])[] = [
  ["deployment-good", 0, "ready", "2 of 2 pods available"],
  [
    "deployment-bad-image",
    0,
    "progressing",
    "0 of 2 pods ready; bad-image-6dd8974f4d-ktd6k, container main: the image nothing.invalid/ghost:1.0 cannot be pulled",
  ],
  ["deployment-bad-image", 120, "failed ImagePullBackOff", "lookup nothing.invalid: no such host"],
  [
    "deployment-readiness-late",
    0,
    "failed ProgressDeadlineExceeded",
    "made no progress for 10 s: 0 of 2 pods ready; late-6fcff8bb9b-429nf: container main runs, not ready yet (its readiness probe failed)",
  ],
  [
    "deployment-no-binary",
    0,
    "failed CrashLoopBackOff",
    "/no/such/thing: no such file or directory",
  ],
  [
    "deployment-out-of-memory",
    0,
    "failed OOMKilled",
    "restarted 5 times, last with exit code 137 (out of memory)",
  ],
  ["deployment-quota", 0, "progressing", "its pods are refused: "],
  ["deployment-quota", 120, "failed QuotaExceeded", "exceeded quota: two-pods"],
  [
    "stateful-set-crashing",
    0,
    "progressing",
    "0 of 3 pods ready; crash-0, container main crashes and was restarted 4 times",
  ],
  [
    "stateful-set-crash-loop",
    0,
    "failed CrashLoopBackOff",
    "crash-0, container main crashes and was restarted 5 times, last with exit code 3",
  ],
  [
    "stateful-set-init-crash",
    0,
    "failed CrashLoopBackOff",
    "init-crash-0, container prepare crashes",
  ],
  [
    "stateful-set-unschedulable",
    0,
    "progressing",
    "pod nowhere-0 finds no node: 0/3 nodes are available",
  ],
  [
    "stateful-set-unschedulable",
    300,
    "failed Unschedulable",
    "3 node(s) didn't match Pod's node affinity",
  ],
  [
    "stateful-set-env-missing",
    0,
    "progressing",
    'configmap "ghost-settings" not found in namespace kp-health',
  ],
  [
    "stateful-set-env-missing",
    120,
    "failed CreateContainerConfigError",
    'configmap "ghost-settings" not found in namespace kp-health',
  ],
  [
    "stateful-set-key-missing",
    120,
    "failed CreateContainerConfigError",
    "couldn't find key ghost in Secret kp-health/real-secret",
  ],
  [
    "stateful-set-volume-missing",
    0,
    "progressing",
    'volume-missing-0: a volume cannot be mounted: configmap "ghost-config" not found',
  ],
  ["stateful-set-volume-missing", 120, "failed FailedMount", 'configmap "ghost-config" not found'],
  [
    "stateful-set-quota",
    120,
    "failed QuotaExceeded",
    "pods of StatefulSet quota-set cannot be created",
  ],
  [
    "stateful-set-stuck",
    0,
    "failed StuckRollout",
    "the rollout waits for pod stuck-2 of an earlier revision",
  ],
  [
    "stateful-set-on-delete",
    0,
    "ready",
    "updateStrategy is OnDelete: ondelete-0, ondelete-1 will have the new template when deleted",
  ],
  ["stateful-set-partition", 0, "ready", "updated from ordinal 2 up, as the partition says"],
  ["stateful-set-parallel", 0, "ready", "2 of 2 pods ready"],
  [
    "stateful-set-scaling-down",
    0,
    "progressing",
    "scaling down to 1: 2 surplus pods to go (shrink-2, shrink-1); shrink-2: terminating",
  ],
  ["stateful-set-scaling-down", 600, "progressing", "node2 does not answer"],
  ["daemon-set-good", 0, "ready", "3 of 3 pods available"],
  ["daemon-set-bad-image", 0, "progressing", "0 of 3 pods ready; daemon-bad-2qjhh"],
  ["daemon-set-bad-image", 120, "failed ImagePullBackOff", "nothing.invalid/ghost:2.0"],
  ["replica-set-good", 0, "ready", "2 of 2 pods available"],
  ["job-three", 0, "ready", "3 of 3 done"],
  [
    "job-failed",
    0,
    "failed BackoffLimitExceeded",
    "pod job-fails-qchh9, container main ended with exit code 4",
  ],
  ["job-deadline", 0, "failed DeadlineExceeded", "Job was active longer than specified deadline"],
  ["job-bad-image", 0, "progressing", "0 of 1 done; job-image-rrshg"],
  ["job-bad-image", 120, "failed ImagePullBackOff", "nothing.invalid/ghost:3.0"],
  ["pod-bad-name", 0, "failed InvalidImageName", "the image name Not An Image is not valid"],
  ["pod-succeeded", 0, "ready", "ran to its end"],
  ["pod-failed", 0, "failed PodFailed", "container main ended with exit code 9"],
  ["claim-bound", 0, "ready", "bound"],
  ["claim-first-consumer", 0, "ready", "binds when a pod first uses it"],
  ["claim-no-class", 0, "progressing", 'storageclass.storage.k8s.io "ghost-class" not found'],
  ["claim-no-class", 300, "failed ProvisioningFailed", "claim claim-noclass gets no volume"],
  ["claim-static", 300, "failed FailedBinding", "no storage class is set"],
  ["service-plain", 0, "ready", ""],
  ["service-headless", 0, "ready", ""],
  ["service-external", 0, "ready", ""],
  ["service-load-balancer", 0, "progressing", "waiting for the load balancer's address"],
  ["budget-not-met", 0, "ready", "the budget is not met yet: 2 of 3 healthy"],
];

test.each(rows)("%s after %d s is %s", (fixture, seconds, word, says) => {
  const health = healthOf(fixture, seconds);
  expect(health.message ?? "").toContain(says);
  expect(wordOf(health)).toBe(word);
});

test("every recorded object is judged", () => {
  const judged = new Set(rows.map(([fixture]) => `${fixture}.yaml`));
  expect(readdirSync(folder).filter((file) => !judged.has(file))).toEqual([]);
});

test.each([
  ["stateful-set-stuck", "kubectl -n kp-health delete pod stuck-2", undefined],
  ["stateful-set-quota", "kubectl -n kp-health-quota describe quota", undefined],
  [
    "stateful-set-crash-loop",
    "kubectl -n kp-health logs crash-0 -c main --previous",
    "crash-0/main",
  ],
  [
    "job-failed",
    "kubectl -n kp-health logs job/job-fails --all-containers",
    "job-fails-qchh9/main",
  ],
])("%s: the way on, and whose last words explain it", (fixture, hint, culprit) => {
  const health = healthOf(fixture, 600);
  if (health.state !== "failed") throw new Error(`${fixture} is ${health.state}`);
  expect(health.hint).toBe(hint);
  expect(health.culprit && `${health.culprit.pod.name}/${health.culprit.container}`).toBe(culprit);
});

test("the marker changes with a restart, not with time alone", () => {
  const marker = (fixture: string, seconds: number): string => {
    const health = healthOf(fixture, seconds);
    return health.state === "progressing" ? health.marker : "";
  };
  expect(marker("stateful-set-crashing", 0)).not.toBe("");
  expect(marker("stateful-set-crashing", 60)).toBe(marker("stateful-set-crashing", 0));
  expect(marker("stateful-set-unschedulable", 60)).toBe(marker("stateful-set-unschedulable", 0));
});

test.each([
  ["deployment-bad-image", 119, 120],
  ["stateful-set-unschedulable", 299, 300],
])("%s is borne anew by a run that goes on", (fixture, borne, tooLong) => {
  expect(healthOf(fixture, 100_000).state).toBe("failed");
  expect(healthOf(fixture, 100_000, borne).state).toBe("progressing");
  expect(healthOf(fixture, 100_000, tooLong).state).toBe("failed");
});

test.each(["stateful-set-crash-loop", "deployment-no-binary", "deployment-readiness-late"])(
  "%s is given another chance by a run that goes on",
  (fixture) => {
    expect(healthOf(fixture, 100_000).state).toBe("failed");
    expect(healthOf(fixture, 100_000, 10).state).toBe("progressing");
  },
);
