import { KplanError } from "../../model/kplan-error.ts";
import { randomUuid } from "../../model/random.ts";
import type { HeldLease } from "../../store/lease.ts";
import { localProcesses } from "../../store/process-facts.ts";
import { leaveQueue, standInQueue, type Ticket } from "../../store/queue.ts";
import type { ActionResult } from "../action-result.ts";
import type { ActionContext } from "../context.ts";
import { findInstance } from "../instance/find-instance.ts";
import { askForLease, holding } from "./with-lease.ts";

/** Milliseconds between two looks. */
const LOOK_MS = 1000;

/**
 * Waits until nobody drives the instance and all who came before have had their turn, and acts then: `act` reads and decides on the state as it is by then.
 * Nothing of what it wants is stored meanwhile. Throws an `interrupted` KplanError when it is told to stop while it waits.
 * @param instance may be left out when the namespace has exactly one
 */
export async function inTurn(
  ctx: ActionContext,
  instance: string | undefined,
  act: (ctx: ActionContext) => Promise<ActionResult>,
): Promise<ActionResult> {
  const { name } = (await findInstance(ctx, instance)).metadata;
  const lease = await waitForTurn(ctx, name);
  return await holding(ctx, name, lease, (held) => act({ ...ctx, held }));
}

async function waitForTurn(ctx: ActionContext, instance: string): Promise<HeldLease> {
  const { command, host, pid, bootId, processStart } = ctx.identity;
  const id = `${host}/${pid}/${randomUuid()}`;
  const mine = { id, host, pid, bootId, processStart, request: command.join(" ") };
  const of = { namespace: ctx.namespace, instance };
  const { cluster, clock, processes = localProcesses } = ctx;
  const deps = { cluster, clock, processes };
  let told = "";
  try {
    for (;;) {
      if (ctx.stop.aborted) throw withdrawn();
      const queue = await standInQueue(of, mine, deps);
      const place = queue.findIndex((ticket) => ticket.id === id);
      const answer = place === 0 ? await askForLease(ctx, { instance }) : undefined;
      if (answer?.kind === "held") return answer.lease;
      const message = answer
        ? `waiting for ${whoText(answer.holder)}, first in the queue`
        : `waiting, number ${place + 1} in the queue, after ${whoText(queue[place - 1])}`;
      if (message !== told) ctx.emit({ type: "waiting", message });
      told = message;
      await clock.sleep(LOOK_MS, ctx.stop).catch(() => undefined);
    }
  } finally {
    // What fails here mends itself: whoever gives no sign of life is dropped.
    await leaveQueue(of, id, deps).catch(() => undefined);
  }
}

function whoText(who: Pick<Ticket, "request" | "host" | "pid"> | undefined): string {
  return who ? `\`${who.request}\` on ${who.host} (process ${who.pid})` : "another command";
}

function withdrawn(): KplanError {
  return new KplanError("interrupted", "stopped while waiting in the queue: nothing was applied", {
    kind: "interrupted",
  });
}
