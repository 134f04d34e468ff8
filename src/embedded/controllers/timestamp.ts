import type { ControllerApi } from "../controller-api.ts";

/** Now, as Kubernetes writes times: whole seconds. */
export function timestamp({ clock }: Pick<ControllerApi, "clock">): string {
  return `${clock.now().toISOString().slice(0, 19)}Z`;
}
