import type { KubeObject } from "../../model/kube-object.ts";
import type { ControllerApi, ObjectChange } from "../controller-api.ts";
import { ApiError } from "../http/api-error.ts";

/** A controller: looks at one object at a time, as it is now, and does what is missing. */
export interface Controller {
  /** Kind that it looks after, as `ControllerApi` names kinds. */
  readonly kind: string;
  /** Does what is missing for one object. It is called again after every change that concerns it, and must then do nothing. */
  reconcile(object: KubeObject, visit: Visit): void;
  /** The object is gone. */
  gone?(object: KubeObject): void;
  /** By kind: which objects a change of another kind concerns. */
  readonly wakes?: Readonly<Record<string, (change: ObjectChange) => readonly ObjectName[]>>;
}

/** Names an object of the controller's kind. */
export interface ObjectName {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** What a controller may ask for while it looks at an object. */
export interface Visit {
  /** Look again after `ms` milliseconds, whatever happens. */
  again(ms: number): void;
}

/** Runs a controller until the answer is called. It is level-triggered: all that it knows is what is stored. */
export function runController(api: ControllerApi, controller: Controller): () => void {
  const queue = new Map<string, ObjectName>();
  const timers = new Map<string, () => void>();
  let draining = false;
  let ended = false;

  const wake = (name: ObjectName): void => {
    queue.set(`${name.namespace ?? ""}/${name.name}`, name);
    if (draining) return;
    draining = true;
    queueMicrotask(drain);
  };
  const drain = (): void => {
    draining = false;
    const names = [...queue];
    queue.clear();
    for (const [key, name] of names) if (!ended) visit(key, name);
  };
  const visit = (key: string, name: ObjectName): void => {
    const object = api.get(controller.kind, name.name, name.namespace);
    if (object === undefined) {
      timers.get(key)?.();
      timers.delete(key);
      return;
    }
    const again = (ms: number): void => {
      timers.get(key)?.();
      timers.set(
        key,
        api.schedule(ms, () => {
          timers.delete(key);
          wake(name);
        }),
      );
    };
    try {
      controller.reconcile(object, { again });
    } catch (error) {
      // Somebody was quicker, or the namespace is going: what changed wakes us; a refusal is tried again.
      if (!(error instanceof ApiError)) throw error;
      if (error.code !== 404) again(RETRY);
    }
  };

  const ends = [
    api.onChange(controller.kind, ({ type, object }) => {
      if (type === "deleted") controller.gone?.(object);
      wake({ namespace: object.metadata.namespace, name: object.metadata.name });
    }),
    ...Object.entries(controller.wakes ?? {}).map(([kind, names]) =>
      api.onChange(kind, (change) => {
        for (const name of names(change)) wake(name);
      }),
    ),
  ];
  return () => {
    ended = true;
    for (const end of ends) end();
    for (const cancel of timers.values()) cancel();
  };
}

/** Milliseconds after which a refused write is tried again. */
const RETRY = 1_000;
