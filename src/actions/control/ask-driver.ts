import { KplanError } from "../../model/kplan-error.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { refOf } from "../../model/kube-object.ts";
import { ANNOTATION } from "../../model/names.ts";
import { randomUuid } from "../../model/random.ts";
import {
  answerOf,
  type RequestedAct,
  type RunRequest,
  requestOf,
  requestText,
} from "../../model/request.ts";
import type { RunRecord } from "../../model/run.ts";
import type { LeaseHolder } from "../../store/lease-object.ts";
import { readRun, type StoredRun } from "../../store/stored-run.ts";
import type { ActionContext } from "../context.ts";
import { isLeft } from "../run/run-record.ts";
import { isDriving } from "./driver-of.ts";

/** Milliseconds between two looks for an answer. */
const LOOK_MS = 200;
/** Milliseconds for which another's request is left to be answered before this one takes its place. */
const PATIENCE_MS = 5000;

/** What is asked of whom. */
export interface DriverQuestion {
  readonly instance: KubeObject;
  readonly run: StoredRun;
  /** Who drives the run. */
  readonly holder: LeaseHolder;
  readonly act: RequestedAct;
  /** Whether the record shows that it is done. */
  readonly isDone: (record: RunRecord) => boolean;
}

/**
 * Asks the driver of a run to do something, by the annotation of its Instance, and waits until the run's record shows that it is done or that the run has ended; gives that record.
 * Undefined when the driver is gone before that: then whoever asks may do it. Throws a `bad-input` KplanError when the driver refuses, an `interrupted` one at Ctrl-C.
 */
export async function askDriver(
  ctx: ActionContext,
  question: DriverQuestion,
): Promise<RunRecord | undefined> {
  const { cluster, clock } = ctx;
  const { run, holder, act, isDone } = question;
  const ref = refOf(question.instance);
  const request: RunRequest = {
    id: randomUuid(),
    at: clock.now().toISOString(),
    by: askerOf(ctx),
    run: run.record.uid,
    ...act,
  };
  const begun = clock.monotonic();
  while (!ctx.stop.aborted) {
    // In this order: a driver that is gone has written before all that it wrote.
    const held = await isDriving(ctx, run.record.instance, holder);
    const [instance, object] = await Promise.all([
      cluster.get(ref),
      cluster.get(refOf(run.object)),
    ]);
    const record = object && readRun(object)?.record;
    const answer = instance && answerOf(instance);
    if (answer?.id === request.id && !answer.accepted)
      throw new KplanError("refused", `${run.record.instance}: ${answer.message}`, {
        kind: "bad-input",
      });
    const isOver = record !== undefined && (isDone(record) || isLeft(record));
    if (!isOver && held && instance !== undefined && record !== undefined) {
      if (answer?.id !== request.id && isFree(instance, request, clock.monotonic() - begun))
        await cluster.patch(ref, {
          metadata: { annotations: { [ANNOTATION.request]: requestText(request) } },
        });
      await clock.sleep(LOOK_MS, ctx.stop).catch(() => undefined);
      continue;
    }
    // Nobody is to find it later: whoever asks is told what came of it, and may do it alone.
    if (instance) await withdraw(ctx, instance, request);
    return isOver ? record : undefined;
  }
  throw new KplanError("interrupted", "stopped waiting; what was asked for stands", {
    kind: "interrupted",
    hint: "`kplan plan status` shows what came of it",
  });
}

/** `anna@laptop`. */
export function askerOf({ identity }: Pick<ActionContext, "identity">): string {
  const { user, host } = identity;
  const name = user === undefined ? host : `${user}@${host}`;
  return name.replaceAll(/\p{Cc}/gu, "").slice(0, 200) || "somebody";
}

/** Nobody else's request would be lost; whoever cancels does not wait for others. */
function isFree(instance: KubeObject, mine: RunRequest, waited: number): boolean {
  const there = requestOf(instance);
  if (typeof there !== "object") return true;
  if (there.id === mine.id) return false;
  if (there.run === mine.run && there.act === "cancel") return false;
  return mine.act === "cancel" || there.run !== mine.run || waited > PATIENCE_MS;
}

/** A driver that ended before it saw the request leaves it there. */
async function withdraw(
  ctx: ActionContext,
  instance: KubeObject,
  { id }: RunRequest,
): Promise<void> {
  const there = requestOf(instance);
  if (typeof there !== "object" || there.id !== id) return;
  const { resourceVersion } = instance.metadata;
  await ctx.cluster
    .patch(refOf(instance), {
      metadata: { resourceVersion, annotations: { [ANNOTATION.request]: null } },
    })
    .catch(() => undefined);
}
