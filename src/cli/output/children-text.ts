import type { ChildStatus } from "../../actions/instance/plan-status.ts";

/** A line for each instance that another one made for itself; empty when there is none. */
export function childrenText({
  children = [],
}: {
  readonly children?: readonly ChildStatus[];
}): string {
  const lines = children.map(({ name, operatorVersion, plan, status, message }) => {
    const how = plan === undefined ? "no plan ever run" : `plan ${plan} ${status}`;
    return `needs ${name} (${operatorVersion}): ${how}${message === undefined ? "" : `: ${message}`}\n`;
  });
  return lines.join("");
}
