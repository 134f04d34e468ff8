import type { AddCommand } from "../../commands/command.ts";
import { addPlanAttach } from "../../commands/plan/attach.ts";
import { addPlanCancel } from "../../commands/plan/cancel.ts";
import { addPlanPause } from "../../commands/plan/pause.ts";
import { addPlanResume } from "../../commands/plan/resume.ts";
import { addPlanRetry } from "../../commands/plan/retry.ts";
import { addPlanSkip } from "../../commands/plan/skip.ts";
import { addPlanWait } from "../../commands/plan/wait.ts";
import { group } from "../group.ts";
import { addKudoPlanHistory } from "./plan-history.ts";
import { addKudoPlanStatus } from "./plan-status.ts";
import { addKudoPlanTrigger } from "./plan-trigger.ts";

/** KUDO's, then kplan's own. */
const COMMANDS: readonly AddCommand[] = [
  addKudoPlanHistory,
  addKudoPlanStatus,
  addKudoPlanTrigger,
  addPlanAttach,
  addPlanWait,
  addPlanPause,
  addPlanResume,
  addPlanCancel,
  addPlanRetry,
  addPlanSkip,
];

/** `kubectl kudo plan …` */
export const addKudoPlan: AddCommand = (program, deps, run) => {
  const plan = group(program, "plan", "look at, run and control the plans of an instance");
  for (const add of COMMANDS) add(plan, deps, run);
};
