import type { Children, WantedChild } from "../../engine/children/children.ts";
import type { RunOutcome } from "../../model/run.ts";
import type { ActionResult } from "../action-result.ts";
import { tellWarnings } from "../change/tell-warnings.ts";
import type { ActionContext } from "../context.ts";
import { deleteClaims } from "../removal/claims.ts";
import { keptObjects } from "../removal/kept-objects.ts";
import type { CarryOut } from "../run/carry-out.ts";
import { childContext } from "./child-context.ts";
import { childChange } from "./decide-child.ts";
import { untilFree } from "./until-free.ts";

/**
 * Brings an instance to what another one needs and runs its plans, as a command of its own would: under its own lease, with a record that a later command goes on with. Somebody
 * else who drives it is waited for. Throws a KplanError for what is refused, ClusterError when the cluster cannot be asked.
 */
export async function driveChild(
  ctx: ActionContext,
  wanted: WantedChild,
  { stop, tell }: Parameters<Children["drive"]>[1],
  carryOut: CarryOut,
): Promise<RunOutcome> {
  const own = childContext(ctx, wanted.ref.name, stop, tell);
  const result = await untilFree(own, () => change(own, wanted, carryOut));
  switch (result.kind) {
    case "ran":
    case "attached":
      return result.outcome;
    case "nothing-to-do":
    case "preview":
      return { result: "complete" };
  }
}

async function change(
  ctx: ActionContext,
  wanted: WantedChild,
  carryOut: CarryOut,
): Promise<ActionResult> {
  const { ctx: own, kind, state, assigned, decide } = await childChange(ctx, wanted);
  const clears = kind === "install" && ctx.childClaims === "delete";
  if (kind === "install") tellWarnings(ctx, assigned.issues);
  return await carryOut(
    own,
    {
      kind,
      state,
      capabilities: await ctx.cluster.capabilities(),
      allow: [],
      owner: wanted.parent,
      decide,
      ...(clears && {
        prepare: async (lease, now) => {
          if (now.object) return now;
          const { name } = wanted.ref;
          await deleteClaims(ctx, lease, name, await keptObjects(ctx, name));
          const { secrets: __, ...rest } = now;
          return rest;
        },
      }),
    },
    false,
  );
}
