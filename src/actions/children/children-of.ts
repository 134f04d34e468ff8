import type { Children } from "../../engine/children/children.ts";
import type { ActionContext } from "../context.ts";
import type { CarryOut } from "../run/carry-out.ts";
import type { ChildrenIn } from "./children-in.ts";
import { driveChild } from "./drive-child.ts";
import { foreseeChild } from "./foresee-child.ts";
import { foreseeRemoval, removeUnwanted } from "./remove-unwanted.ts";

/** Drives the instances that a run's instance needs, in the name of this process. `carryOut` is the one of `run/carry-out.ts`, which needs this itself. */
export function childrenOf(ctx: ActionContext, carryOut: CarryOut): Children {
  const childrenIn: ChildrenIn = (own) => childrenOf(own, carryOut);
  return {
    foresee: (wanted) => foreseeChild(ctx, wanted, childrenIn),
    drive: (wanted, driving) => driveChild(ctx, wanted, driving, carryOut),
    foreseeRemoval: (unwanted) => foreseeRemoval(ctx, unwanted, childrenIn),
    remove: (unwanted, driving) => removeUnwanted(ctx, unwanted, driving, childrenIn),
  };
}
