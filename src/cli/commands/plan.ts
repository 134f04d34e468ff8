import type { AddCommand } from "./command.ts";
import { addPlanAttach } from "./plan/attach.ts";
import { addPlanCancel } from "./plan/cancel.ts";
import { addPlanHistory } from "./plan/history.ts";
import { addPlanPause } from "./plan/pause.ts";
import { addPlanResume } from "./plan/resume.ts";
import { addPlanRetry } from "./plan/retry.ts";
import { addPlanSkip } from "./plan/skip.ts";
import { addPlanStatus } from "./plan/status.ts";
import { addPlanTrigger } from "./plan/trigger.ts";
import { addPlanWait } from "./plan/wait.ts";

/** What hangs below `kplan plan`, in the order that help lists it. A new command is a new file and a line here. */
const COMMANDS: readonly AddCommand[] = [
  addPlanStatus,
  addPlanHistory,
  addPlanTrigger,
  addPlanAttach,
  addPlanWait,
  addPlanPause,
  addPlanResume,
  addPlanCancel,
  addPlanRetry,
  addPlanSkip,
];

/** `kplan plan …` */
export const addPlan: AddCommand = (program, deps, run) => {
  const plan = program
    .command("plan")
    .description("look at, run and control the plans of an instance");
  for (const add of COMMANDS) add(plan, deps, run);
};
