import { KplanError } from "./kplan-error.ts";
import type { KubeObject } from "./kube-object.ts";
import { ANNOTATION } from "./names.ts";

/** The fencing token of the last driver that marked an object; 0 when none did. */
export function tokenOn({ metadata }: KubeObject): number {
  return Number(metadata.annotations?.[ANNOTATION.token] ?? 0);
}

/** Throws a `lease-lost` KplanError for an object that a driver later than that of `token` has marked: it took over. */
export function refuseLater(live: KubeObject, token: number | undefined, cause?: unknown): void {
  if (token !== undefined && tokenOn(live) > token)
    throw drivenByAnother(`${live.kind} ${live.metadata.name}`, cause);
}

/** The error of a driver that finds a later one at work. `what` names the instance or an object of it. */
function drivenByAnother(what: string, cause?: unknown): KplanError {
  return new KplanError(
    "lease-lost",
    `somebody else took over: a later driver has marked ${what}; nothing more is written`,
    {
      kind: "busy",
      hint: "`kplan plan status` shows how it stands; --take-over takes it back",
      ...(cause !== undefined && { cause }),
    },
  );
}
