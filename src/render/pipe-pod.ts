import { posix } from "node:path";
import { isMap } from "../model/json.ts";
import { KplanError } from "../model/kplan-error.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { ANNOTATION } from "../model/names.ts";
import type { PipeTask } from "../model/task.ts";

/** The container that keeps the files until they are fetched. */
export const WAITER = "waiter";

/** KUDO's image for it, unless another is given (`--pipe-image`). */
const WAITER_IMAGE = "busybox";

/** Waits without end, and ends at once when it is told to: the shell would not hear a signal during `sleep` itself. */
const WAIT = "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait $!; done";

type Fields = Record<string, unknown>;

/**
 * The pod that a Pipe task runs, made of what its template says (compat section 5.1): with a container that holds the volume until the files are fetched.
 * Throws a `bad-input` KplanError for a template that breaks KUDO's rules for such a pod.
 */
export function pipePod(
  rendered: readonly KubeObject[],
  task: PipeTask,
  image: string = WAITER_IMAGE,
): KubeObject {
  const [pod] = rendered;
  const refuse = (why: string): never => {
    const message = `task ${task.name}, template ${task.pod}: ${why}`;
    throw new KplanError("bad-pipe", message, { kind: "bad-input" });
  };
  if (pod === undefined || rendered.length > 1 || pod.kind !== "Pod" || pod.apiVersion !== "v1")
    return refuse("it must say one Pod, and nothing else");
  const spec = isMap(pod.spec) ? pod.spec : {};
  const [init, ...more] = mapsIn(spec.initContainers);
  if (mapsIn(spec.containers).length > 0) return refuse("the pod may have no containers");
  if (init === undefined || more.length > 0)
    return refuse("the pod must have one init container, and only one");
  if (spec.restartPolicy && spec.restartPolicy !== "OnFailure")
    return refuse(`restartPolicy must be OnFailure, not ${String(spec.restartPolicy)}`);
  const [volume, ...others] = mapsIn(spec.volumes).filter(({ emptyDir }) => isMap(emptyDir));
  if (volume === undefined || others.length > 0)
    return refuse("the pod must have one volume of emptyDir, and only one");
  const mount = mapsIn(init.volumeMounts).find(({ name }) => name === volume.name);
  if (mount === undefined)
    return refuse(`the init container must mount the volume ${String(volume.name)}`);
  const mountPath = String(mount.mountPath ?? "");
  for (const { file, envFile } of task.pipe) {
    const path = file || envFile || "";
    if (!isBelow(path, mountPath))
      return refuse(`file ${path} must lie below ${mountPath}, where the volume is mounted`);
  }
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      annotations: { ...pod.metadata.annotations, [ANNOTATION.pipePod]: "true" },
    },
    spec: {
      ...spec,
      restartPolicy: "OnFailure",
      containers: [
        {
          name: WAITER,
          image,
          command: ["/bin/sh", "-c", WAIT],
          volumeMounts: [{ name: String(volume.name), mountPath }],
        },
      ],
    },
  };
}

/** Whether a path lies strictly below a folder, whose name's first part below it does not begin with a dot. */
export function isBelow(path: string, folder: string): boolean {
  const relative = posix.relative(posix.normalize(folder), posix.normalize(path));
  if (posix.isAbsolute(path) !== posix.isAbsolute(folder)) return false;
  return relative !== "" && !relative.startsWith(".");
}

function mapsIn(list: unknown): readonly Fields[] {
  return Array.isArray(list) ? list.filter(isMap) : [];
}
