import type { Children } from "../../engine/children/children.ts";
import type { ActionContext } from "../context.ts";

/** Who drives the instances that others need: `childrenOf`, given to what it needs itself. */
export type ChildrenIn = (ctx: ActionContext) => Children;
