import { type KubeObject, refOf } from "../../model/kube-object.ts";
import type { DeleteTask } from "../../model/task.ts";
import { deletedInstance, isDriven } from "../children/applied-instance.ts";
import { removeUnwanted } from "../children/drive-wanted.ts";
import { onceAll } from "../children/once-all.ts";
import { deleteObjects } from "../objects/delete-objects.ts";
import { materializeLive } from "../objects/materialize-live.ts";
import { refuseOtherInstance } from "../objects/other-instance.ts";
import { waitGone } from "../objects/wait-gone.ts";
import { callOptions, type TaskContext } from "../run-context.ts";
import { together } from "../steps/together.ts";

/** Renders the templates, deletes the objects that they name, and waits until they are gone. A kind that nobody serves is gone already. Instances of other packages go first. */
export async function deleteTask(task: DeleteTask, ctx: TaskContext): Promise<void> {
  const lookup = { ...ctx, options: callOptions(ctx) };
  const { objects, notServed } = await materializeLive(ctx.inputs, ctx.path, task, lookup);
  const driven = objects.filter((object) => isDriven(object, ctx.inputs));
  const refs = objects.filter((object) => !driven.includes(object)).map(refOf);
  const unserved = notServed.map(({ object }) => refOf(object));
  if (driven.length > 0) await removeAll(driven, ctx, refs.length === 0);
  await deleteObjects(refs, ctx, {
    before: (found) => ctx.announce("delete", [...driven.map(refOf), ...found]),
    ours: (live) => {
      refuseOtherInstance(live, ctx.inputs.instance, ctx);
      return true;
    },
  });
  for (const ref of unserved)
    ctx.emit({ type: "object-written", path: ctx.path, ref, change: "absent" });
  ctx.recorder.removed([...refs, ...unserved]);
}

/** Instances of other packages, each by its own cleanup plan: what that needs of the other objects is still there. `isAll`: there are no others. */
async function removeAll(
  objects: readonly KubeObject[],
  ctx: TaskContext,
  isAll: boolean,
): Promise<void> {
  // What is put right are objects; an instance puts its own right.
  if (ctx.inputs.only !== undefined) return;
  await ctx.announce("delete", objects.map(refOf));
  const each = onceAll(objects.length, () => isAll && ctx.placed?.());
  await together(objects, ctx.halt, async (object, halt) => {
    const own = { ...ctx, halt };
    const unwanted = deletedInstance(object, ctx.path.plan, ctx.inputs);
    const { ref } = unwanted;
    const isRemoved = await removeUnwanted(unwanted, own, each());
    const live = await ctx.cluster.get(ref, callOptions(own));
    if (live?.metadata.deletionTimestamp !== undefined) await waitGone([live], own);
    ctx.emit({
      ...{ type: "object-written", path: ctx.path, ref },
      change: isRemoved ? "deleted" : "absent",
    });
    ctx.recorder.removed([ref]);
  });
}
