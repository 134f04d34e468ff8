import type { Command } from "commander";
import { currentPlan } from "../../../actions/instance/plan-status.ts";
import { KplanError } from "../../../model/kplan-error.ts";
import type { KubeObject } from "../../../model/kube-object.ts";
import { isTerminal, type PlanStatus } from "../../../model/status.ts";
import { storedPlanStatus } from "../../../store/instance-status.ts";
import type { AddCommand } from "../../commands/command.ts";
import type { CliDeps, Session } from "../../deps.ts";
import { EXIT } from "../../exit-code.ts";
import { duration } from "../../output/duration.ts";
import { addKudoOutputOption, outputOf, required } from "../kudo-options.ts";
import { printOne } from "../views/print-output.ts";
import { statusTree } from "../views/status-tree.ts";
import { withSession } from "../with-session.ts";

/** Milliseconds between two looks of `--wait`. */
const EVERY = 1000;

/** `kubectl kudo plan status --instance NAME` */
export const addKudoPlanStatus: AddCommand = (plan, deps, run) => {
  const command = plan
    .command("status")
    .description("show how the plans of an instance stand")
    .allowExcessArguments()
    .option("--instance <name>", "the name of the instance")
    .option("--wait", "show it again and again until the plan has ended");
  addKudoOutputOption(command);
  command.action((options) =>
    run(async () => {
      const format = outputOf(options);
      required(options, "instance");
      return withSession(command, deps, async (session) => {
        const { readInstanceAndVersion } = await import(
          "../../../actions/instance/instance-and-version.ts"
        );
        const read = (): Promise<InstanceAndVersion> =>
          readInstanceAndVersion(session, options.instance);
        const seen = await read();
        if (options.wait === true) return await watch(seen, read, { command, session, deps });
        if (format) printOne(seen.instance.status ?? {}, format, deps.terminal);
        else deps.terminal.out(statusTree(seen.instance, seen.version));
        if (seen.undriven) deps.terminal.err(`${seen.undriven}\n`);
        return EXIT.ok;
      });
    }),
  );
};

/** What is read for a look. */
interface InstanceAndVersion {
  readonly instance: KubeObject;
  readonly version: KubeObject;
  /** Set when a plan is unfinished and nobody drives it. */
  readonly undriven?: string;
}

/** Shows it until the plan has ended; on a terminal in the same place, else when something changed. KUDO waits for ever for a plan that failed or that nobody drives (compat D-02). */
async function watch(
  first: InstanceAndVersion,
  read: () => Promise<InstanceAndVersion>,
  {
    session,
    deps,
  }: { readonly command: Command; readonly session: Session; readonly deps: CliDeps },
): Promise<number> {
  const { terminal, clock } = deps;
  const stop = new AbortController();
  const unlisten = deps.onInterrupt(() => stop.abort());
  const start = clock.monotonic();
  let before = "";
  let isUndriven = false;
  try {
    for (let seen = first; ; seen = await read()) {
      const { instance, version, undriven } = seen;
      const tree = statusTree(instance, version);
      const passed = `elapsed time ${duration(clock.monotonic() - start)}\n`;
      if (terminal.isTty) terminal.out(`${erase(before)}${tree}${passed}`);
      else if (tree !== before) terminal.out(tree);
      before = terminal.isTty ? `${tree}${passed}` : tree;
      const last = lastPlan(instance);
      if (last === undefined || last.status === "COMPLETE") return EXIT.ok;
      if (last.status === "FATAL_ERROR")
        throw new KplanError(
          "failed",
          `plan ${last.name} of ${session.namespace}/${instance.metadata.name} failed${messageOf(last)}`,
        );
      // Whoever is about to go on with it may take a moment.
      if (undriven && isUndriven)
        throw new KplanError(
          "undriven",
          `plan ${last.name} is unfinished and nobody drives it: ${undriven}`,
          {
            hint: `\`kplan plan resume --instance ${instance.metadata.name}\` goes on`,
          },
        );
      isUndriven = undriven !== undefined;
      await clock.sleep(EVERY, stop.signal).catch(() => undefined);
      if (stop.signal.aborted) return EXIT.interrupted;
    }
  } finally {
    unlisten();
  }
}

/** Moves the cursor up over a text and clears what is below. */
function erase(text: string): string {
  const lines = text.split("\n").length - 1;
  return lines > 0 ? `\u001B[${lines}A\u001B[J` : "";
}

function lastPlan(instance: KubeObject): PlanStatus | undefined {
  const stored = storedPlanStatus(instance);
  const current = currentPlan(stored);
  return stored.find(({ name }) => name === current);
}

/** The sentence of the step that failed. */
function messageOf({ message, phases }: PlanStatus): string {
  const steps = phases.flatMap((phase) => phase.steps);
  const why = message ?? steps.find((step) => step.message && isTerminal(step.status))?.message;
  return why ? `: ${why}` : "";
}
