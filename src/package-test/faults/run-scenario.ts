import type { RunEvent } from "../../model/event.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { startWorld, type World, type WorldSnapshot } from "../world.ts";
import { type Fault, mendsItself } from "./fault.ts";
import { type FaultPlan, planFaults, type SentRequest } from "./faulty-exchange.ts";
import { complaints } from "./judge.ts";
import { differences, type NormalState, normalState } from "./normal-state.ts";
import { AWAY_FOR } from "./server-away.ts";
import { type CommandEnd, give, type Story } from "./story.ts";

/** A command to which something happens. */
export interface Scenario {
  /** Index of the command in its story. */
  readonly command: number;
  readonly faults: readonly Fault[];
  /** Where the command is given again: where its driver was killed, or on another machine, which must wait until the lease expires. */
  readonly again: "same-host" | "other-host";
}

/** A command that nothing happened to. */
export interface Undisturbed {
  /** The world before it. */
  readonly before: WorldSnapshot;
  readonly requests: readonly SentRequest[];
  readonly exit: number;
  readonly said: string;
  readonly state: NormalState;
  /** How often each object was created, by kind and name. */
  readonly creations: ReadonlyMap<string, number>;
  readonly events: readonly RunEvent[];
}

/** What came of a scenario. */
export interface ScenarioResult {
  /** What is wrong; nothing when all is well. */
  readonly complaints: readonly string[];
  /** How often the command was given. */
  readonly attempts: number;
  /** What each attempt told. */
  readonly events: readonly (readonly RunEvent[])[];
  readonly requests: readonly SentRequest[];
  readonly ends: readonly CommandEnd[];
}

/** Virtual time after which nothing moves any more when nobody drives, in milliseconds. */
const SETTLE = 60_000;
/** Times that somebody gives a command before he gives up. */
const PATIENCE = 6;

/** Runs the commands of a story with nothing in their way, one world after the other. */
export async function runUndisturbed(story: Story, seed: string): Promise<readonly Undisturbed[]> {
  const all: Undisturbed[] = [];
  let from: WorldSnapshot | undefined;
  for (const command of story.commands) {
    const first: World = await startWorld({ seed, ...(from && { from }) });
    const before = await first.snapshot();
    await first.close();
    const world = await startWorld({ seed, from: before });
    const plan = planFaults([]);
    const creations = countCreations(world);
    const events: RunEvent[] = [];
    const driver = await world.driver({ through: plan.through });
    const end = await give(world, driver, story, command, (event) => events.push(event));
    await world.pass(SETTLE);
    if (end.kind !== "ended") throw new Error(`undisturbed, ${command.kind} is ${end.kind}`);
    const objects = objectsOf(world);
    const { exit, said } = end;
    all.push({
      before,
      requests: plan.sent,
      exit,
      said,
      state: normalState(objects),
      creations,
      events,
    });
    from = await world.snapshot();
    await world.close();
  }
  return all;
}

/** Runs one command of a story with faults in its way, again and again until it ends as it should, and compares. */
export async function runScenario(
  story: Story,
  seed: string,
  scenario: Scenario,
  undisturbed: Undisturbed,
): Promise<ScenarioResult> {
  const command = story.commands[scenario.command];
  if (command === undefined) throw new Error(`no command ${scenario.command}`);
  const world = await startWorld({ seed, from: undisturbed.before });
  const plan = planFaults(scenario.faults, undisturbed.requests.length * 10 + 1000);
  const creations = countCreations(world);
  const events: RunEvent[][] = [];
  const ends: CommandEnd[] = [];
  const found: string[] = [];
  try {
    for (let attempt = 0; ; attempt++) {
      const before = plan.happened.length;
      const host = attempt > 0 && scenario.again === "other-host" ? { host: "desktop" } : {};
      const driver = await world.driver({ through: plan.through, ...host });
      const told: RunEvent[] = [];
      events.push(told);
      const end = await give(world, driver, story, command, (event) => told.push(event));
      ends.push(end);
      if (plan.ranAway) {
        found.push(
          `attempt ${attempt + 1} goes round and round: ${plan.sent.length} requests${placeOf(told, plan)}`,
        );
        break;
      }
      if (end.kind === "stuck") {
        found.push(`attempt ${attempt + 1} never ends: ${end.why}${placeOf(told, plan)}`);
        driver.kill();
        break;
      }
      if (end.kind === "ended") {
        const faults = plan.happened.slice(before);
        // What is asked before the first write may be asked again by giving the command again.
        const begins = command.kind === "uninstall" ? "run-started" : "check-finished";
        const hasBegun = told.some(({ type }) => type === begins);
        const mends = ({ kind }: Fault): boolean => mendsItself(kind, hasBegun);
        // A command that fails anyhow may have failed by what happened to it, before it came so far.
        const byFault =
          undisturbed.exit !== 0 && end.said !== undisturbed.said && !faults.every(mends);
        if (!byFault && isAsShould(end, undisturbed, attempt, command.kind)) break;
        if (end.exit === 70) found.push(`attempt ${attempt + 1} ends by a bug: ${end.said}`);
        if (faults.every(mends))
          found.push(`attempt ${attempt + 1} ends with exit code ${end.exit}: ${end.said}`);
      }
      if (found.length > 0 || attempt + 1 === PATIENCE) {
        if (found.length === 0) found.push(`after ${PATIENCE} attempts it still is not done`);
        break;
      }
      const isAway = plan.happened.slice(before).some(isAbsence);
      await world.pass(isAway ? AWAY_FOR : 1000);
    }
    await world.pass(SETTLE);
    const objects = objectsOf(world);
    if (found.length === 0)
      found.push(
        // What runs beside a step that fails gets as far as it gets.
        ...(undisturbed.exit === 0 ? differences(undisturbed.state, normalState(objects)) : []),
        ...complaints(objects, {
          creations,
          undisturbed: undisturbed.creations,
          mayStayHeld:
            (ends.length > 1 && isNothing(ends.at(-1))) || plan.happened.some(isAbsence)
              ? true
              : ends.some(({ kind }) => kind === "killed") && "children",
        }),
      );
  } finally {
    await world.close();
  }
  return { complaints: found, attempts: ends.length, events, requests: plan.sent, ends };
}

function isNothing(end: CommandEnd | undefined): boolean {
  return end?.kind === "ended" && end.said === "nothing-to-do";
}

function isAbsence({ kind }: Fault): boolean {
  return kind === "server-away";
}

/** Somebody who finds the instance gone that he wants removed has what he wants. */
function isAsShould(
  end: Extract<CommandEnd, { kind: "ended" }>,
  { exit }: Undisturbed,
  attempt: number,
  kind: string,
): boolean {
  if (end.exit === exit) return true;
  return kind === "uninstall" && attempt > 0 && end.said.startsWith("no-such-instance");
}

/** All objects of a world. */
export function objectsOf(world: World): readonly KubeObject[] {
  const { store } = world.server.state;
  return store.keys().flatMap((key) => store.list(key));
}

/** Counts from now on how often each object comes to be. */
function countCreations(world: World): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  world.server.state.store.subscribe("*", ({ type, object }) => {
    if (type !== "added") return;
    const key = `${object.kind} ${object.metadata.name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  });
  return counts;
}

function placeOf(events: readonly RunEvent[], plan: FaultPlan): string {
  const last = events.filter((event) => "path" in event).at(-1);
  const request = plan.sent.at(-1);
  const where = last && "path" in last ? Object.values(last.path).join(".") : "before its run";
  return `, at ${where}${request ? `; its last request was ${request.verb} ${request.what}` : ""}`;
}
