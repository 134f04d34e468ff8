import { canonicalJson } from "../../model/json.ts";
import { type KubeObject, refOf } from "../../model/kube-object.ts";
import { atVersion, hasMoved, readObject, refuseToApply } from "../preview/check-object.ts";
import { type CheckedWrite, checkKey } from "../preview/preview-cache.ts";
import { callOptions, mayWrite, type TaskContext } from "../run-context.ts";
import { applyTaking } from "./apply-taking.ts";
import { makeRoom, replacement } from "./replace-object.ts";

/** An object that is in place, as the server answered or showed it. */
export interface WrittenObject {
  readonly object: KubeObject;
  readonly change: "created" | "configured" | "unchanged";
}

/** Milliseconds for which a dry run's "unchanged" is believed without another look. */
const UNCHANGED_HOLDS = 10_000;

/** How often a write that others come before is done again. */
const TRIES = 6;

/**
 * Puts one object in place: creates it when it is absent, applies it at the version that was read, or leaves it when nothing but our own annotations
 * would change. Says so by an `object-written` event. Throws ClusterError, `Halted` before a write that may not begin.
 * @param announce awaited before a write: what the dry run found unchanged may need one after all
 */
export async function writeObject(
  object: KubeObject,
  ctx: TaskContext,
  announce: () => Promise<void>,
): Promise<WrittenObject> {
  const deps = { ...ctx, ...callOptions(ctx) };
  let check = takeChecked(object, ctx);
  for (let tries = 1; ; tries++) {
    try {
      check ??= await readObject(object, deps);
      if (check.change !== "unchanged") await announce();
      return told(await carryOut(object, check, ctx), ctx);
    } catch (error) {
      if (tries >= TRIES) throw error;
      const how = replacement(error, object, ctx.step.onImmutable);
      if (how !== undefined) await replaced(object, how, ctx, announce);
      else if (check === undefined || !hasMoved(error, check.change)) throw error;
      check = undefined;
    }
  }
}

/** Makes room for the object, unless it has changed meanwhile. */
async function replaced(
  object: KubeObject,
  how: "recreate" | "orphan",
  ctx: TaskContext,
  announce: () => Promise<void>,
): Promise<void> {
  const live = await ctx.cluster.get(refOf(object), callOptions(ctx));
  if (live === undefined) return;
  await refuseToApply(object, live, ctx);
  await makeRoom(live, { object, how }, ctx, announce).catch((error: unknown) => {
    if (!hasMoved(error, "configure")) throw error;
  });
}

/**
 * Puts an object in place of just what was read (`live`; undefined: it was absent), for whoever decided by what was read. Returns undefined, with nothing written, when
 * that has changed meanwhile. Throws as `writeObject`.
 */
export async function writeOver(
  object: KubeObject,
  live: KubeObject | undefined,
  ctx: TaskContext,
  announce: () => Promise<void>,
): Promise<WrittenObject | undefined> {
  const change = live === undefined ? "create" : "configure";
  await announce();
  try {
    return told(await carryOut(object, { change, live }, ctx), ctx);
  } catch (error) {
    if (hasMoved(error, change)) return undefined;
    throw error;
  }
}

function told(written: WrittenObject, ctx: TaskContext): WrittenObject {
  const { object, change } = written;
  // What is looked at again with each try has not moved.
  if (change !== "unchanged") ctx.watchdog.touch();
  ctx.emit({ type: "object-written", path: ctx.path, ref: refOf(object), change });
  ctx.progress();
  return written;
}

/** The dry run's answer about this very object, once, and only while it can still hold: a write is fenced by what was read, leaving it alone is not. */
export function takeChecked(object: KubeObject, ctx: TaskContext): CheckedWrite | undefined {
  const key = checkKey(ctx.path, object);
  const check = ctx.checked.get(key);
  ctx.checked.delete(key);
  if (check?.body !== canonicalJson(object)) return undefined;
  const age = ctx.clock.monotonic() - check.at;
  return check.change === "unchanged" && age > UNCHANGED_HOLDS ? undefined : check;
}

async function carryOut(
  object: KubeObject,
  check: Pick<CheckedWrite, "change" | "live">,
  ctx: TaskContext,
): Promise<WrittenObject> {
  const { change, live } = check;
  if (change === "unchanged" && live !== undefined) return { object: live, change };
  if (live === undefined) await ctx.fence.confirm?.();
  mayWrite(ctx);
  if (live === undefined) {
    return { object: await ctx.cluster.create(object, callOptions(ctx)), change: "created" };
  }
  const answer = await applyTaking(ctx.cluster, atVersion(object, live), {
    live,
    force: ctx.forceConflicts || ctx.takeBack === true,
    ...callOptions(ctx),
  });
  return { object: answer, change: "configured" };
}
