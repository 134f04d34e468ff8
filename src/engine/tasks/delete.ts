import { refOf } from "../../model/kube-object.ts";
import type { DeleteTask } from "../../model/task.ts";
import { deleteObjects } from "../objects/delete-objects.ts";
import { materializeLive } from "../objects/materialize-live.ts";
import { refuseOtherInstance } from "../objects/other-instance.ts";
import { callOptions, type TaskContext } from "../run-context.ts";

/** Renders the templates, deletes the objects that they name, and waits until they are gone. A kind that nobody serves is gone already. */
export async function deleteTask(task: DeleteTask, ctx: TaskContext): Promise<void> {
  const lookup = { ...ctx, options: callOptions(ctx) };
  const { objects, notServed } = await materializeLive(ctx.inputs, ctx.path, task, lookup);
  const refs = objects.map(refOf);
  await deleteObjects(refs, ctx, {
    before: (found) => ctx.announce("delete", found),
    ours: (live) => {
      refuseOtherInstance(live, ctx.inputs.instance, ctx);
      return true;
    },
  });
  const unserved = notServed.map(({ object }) => refOf(object));
  for (const ref of unserved)
    ctx.emit({ type: "object-written", path: ctx.path, ref, change: "absent" });
  ctx.recorder.removed([...refs, ...unserved]);
}
