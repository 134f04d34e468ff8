import type { Children } from "../../engine/children/children.ts";
import type { ActionContext } from "../context.ts";
import type { CarryOut } from "../run/carry-out.ts";
import { driveChild } from "./drive-child.ts";
import { foreseeChild } from "./foresee-child.ts";

/** Drives the instances that a run's instance needs, in the name of this process. `carryOut` is the one of `run/carry-out.ts`, which needs this itself. */
export function childrenOf(ctx: ActionContext, carryOut: CarryOut): Children {
  const children: Children = {
    foresee: (wanted) => foreseeChild(ctx, wanted, children),
    drive: (wanted, driving) => driveChild(ctx, wanted, driving, carryOut),
  };
  return children;
}
