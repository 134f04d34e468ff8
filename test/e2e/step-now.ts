import { INSTANCE } from "./galera.ts";
import { object } from "./kubectl.ts";

interface PlanStatus {
  readonly phases?: readonly {
    readonly steps?: readonly { readonly name: string; readonly status: string }[];
  }[];
}

/** The step of a plan that is being carried out, as the Instance tells everybody; undefined when none is. */
export async function stepNow(namespace: string, plan: string): Promise<string | undefined> {
  const instance = (await object(namespace, "instances.kudo.dev", INSTANCE)) as unknown as
    | { readonly status?: { readonly planStatus?: Readonly<Record<string, PlanStatus>> } }
    | undefined;
  const steps = instance?.status?.planStatus?.[plan]?.phases?.flatMap((phase) => phase.steps ?? []);
  return steps?.find(({ status }) => status === "IN_PROGRESS")?.name;
}
