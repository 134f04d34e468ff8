import { nameFits } from "../embedded/exec/pod-words.ts";
import type { InProcessServer } from "../embedded/start-in-process.ts";
import { isMap } from "../model/json.ts";
import { groupOf, type KubeObject } from "../model/kube-object.ts";
import type { PartialObject, Reference } from "./test-case.ts";

/** Who else changes things in a cluster. */
const SOMEBODY = "somebody";

/** Somebody deletes an object. The answer says what the server said. */
export function deleteObject(
  server: InProcessServer,
  namespace: string,
  ref: Reference,
): Promise<string> {
  return ask(server, "DELETE", pathOf(server, namespace, ref, ref.name), undefined);
}

/** Somebody merges something into an object. */
export function editObject(
  server: InProcessServer,
  namespace: string,
  object: PartialObject,
): Promise<string> {
  const path = pathOf(server, namespace, object, object.metadata.name);
  return ask(server, "PATCH", path, object);
}

/** Somebody creates an object. */
export function createObject(
  server: InProcessServer,
  namespace: string,
  object: PartialObject,
): Promise<string> {
  return ask(server, "POST", pathOf(server, namespace, object, undefined), object);
}

/** Somebody runs a command in all pods whose names fit. The answer is empty, or says what is wrong. */
export function runInPods(
  server: InProcessServer,
  namespace: string,
  { pods, words }: { readonly pods: string; readonly words: readonly string[] },
): string {
  const some = server.api
    .list("Pod", { namespace })
    .filter((pod) => nameFits(pods, pod.metadata.name));
  if (some.length === 0) return `no pod is named like ${pods}`;
  for (const { metadata } of some) {
    const command = words.map((word) => `command=${encodeURIComponent(word)}`).join("&");
    const path = `/api/v1/namespaces/${namespace}/pods/${metadata.name}/exec?${command}`;
    const answer = server.exec(path);
    if ("refused" in answer) return messageIn(answer.body);
    const status: unknown = JSON.parse(answer.status);
    if (isMap(status) && status.status !== "Success")
      return `${metadata.name}: ${String(status.message)}${answer.stderr && `: ${answer.stderr.trim()}`}`;
  }
  return "";
}

/** A node falls silent: nobody hears of its pods any more, they count as not ready, and nothing new comes onto it. */
export function loseNode({ api }: InProcessServer, name: string): string {
  const node = api.get("Node", name);
  if (node === undefined) return `there is no node ${name}`;
  const now = `${api.clock.now().toISOString().slice(0, 19)}Z`;
  const lost = {
    type: "Ready",
    status: "Unknown",
    reason: "NodeStatusUnknown",
    message: "Kubelet stopped posting node status.",
    lastTransitionTime: now,
  };
  const key = "node.kubernetes.io/unreachable";
  const taints = ["NoSchedule", "NoExecute"].map((effect) => ({ key, effect, timeAdded: now }));
  const spec = isMap(node.spec) ? node.spec : {};
  const updated = api.update({ ...node, spec: { ...spec, taints, unschedulable: true } });
  const status = isMap(updated.status) ? updated.status : {};
  api.updateStatus({ ...updated, status: { ...status, conditions: [lost] } });
  for (const pod of api.list("Pod"))
    if (isMap(pod.spec) && pod.spec.nodeName === name) markNotReady(api, pod, now);
  return "";
}

function markNotReady(api: InProcessServer["api"], pod: KubeObject, now: string): void {
  const status = isMap(pod.status) ? pod.status : {};
  const conditions = Array.isArray(status.conditions) ? status.conditions.filter(isMap) : [];
  const changed = conditions.map((condition) =>
    condition.type === "Ready"
      ? { ...condition, status: "False", reason: "NodeNotReady", lastTransitionTime: now }
      : condition,
  );
  api.updateStatus({ ...pod, status: { ...status, conditions: changed } });
}

function pathOf(
  { state }: InProcessServer,
  namespace: string,
  { apiVersion, kind }: { readonly apiVersion?: string; readonly kind: string },
  name: string | undefined,
): string {
  const served = state.kinds
    .all()
    .find(
      (one) => one.kind === kind && (apiVersion === undefined || one.group === groupOf(apiVersion)),
    );
  if (served === undefined) return `/apis/none/v1/${kind}`;
  const { group, version, plural, namespaced } = served;
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const place = namespaced ? `${root}/namespaces/${namespace}/${plural}` : `${root}/${plural}`;
  return name === undefined ? place : `${place}/${name}`;
}

/** Sends a request; the answer is empty when it was done, else what the server said. */
function ask(
  server: InProcessServer,
  method: string,
  path: string,
  body: unknown,
): Promise<string> {
  return new Promise((resolve) => {
    let status = 0;
    let said = "";
    server.answer(
      {
        method,
        path: `${path}?fieldManager=${SOMEBODY}`,
        headers: {
          accept: "application/json",
          "user-agent": SOMEBODY,
          "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      },
      {
        head: (code) => {
          status = code;
        },
        chunk: (text) => {
          said += text;
        },
        end: () => resolve(status < 300 ? "" : messageIn(said)),
      },
    );
  });
}

function messageIn(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) && typeof value.message === "string" ? value.message : text;
  } catch {
    return text;
  }
}
