import type { SentRequest } from "./faulty-exchange.ts";
import {
  runScenario,
  runUndisturbed,
  type Scenario,
  type ScenarioResult,
  type Undisturbed,
} from "./run-scenario.ts";
import type { Story } from "./story.ts";

/** A scenario that fails, with the story that it is part of. */
export interface Failing {
  readonly story: Story;
  readonly scenario: Scenario;
  readonly undisturbed: readonly Undisturbed[];
  readonly result: ScenarioResult;
}

/**
 * Makes a failing scenario as short as it can be while it still fails: with one of its faults, given again on the same machine, without the commands
 * before it, with one task at a time.
 */
export async function shrink(failing: Failing, seed: string): Promise<Failing> {
  let best = failing;
  const { faults } = failing.scenario;
  if (faults.length > 1)
    for (const fault of faults)
      best =
        (await tried({ ...best, scenario: { ...best.scenario, faults: [fault] } }, seed)) ?? best;
  if (best.scenario.again === "other-host")
    best =
      (await tried({ ...best, scenario: { ...best.scenario, again: "same-host" } }, seed)) ?? best;
  for (let at = 1; at < best.scenario.command; ) {
    const commands = best.story.commands.filter((_, index) => index !== at);
    const shorter = await elsewhere(best, { ...best.story, commands }, seed);
    if (shorter) best = shorter;
    else at++;
  }
  if (best.story.concurrency !== 1)
    best = (await elsewhere(best, { ...best.story, concurrency: 1 }, seed)) ?? best;
  return best;
}

/** The failing scenario of what is tried, or undefined when it does not fail. */
async function tried(
  candidate: Omit<Failing, "result">,
  seed: string,
): Promise<Failing | undefined> {
  const { story, scenario, undisturbed } = candidate;
  const before = undisturbed[scenario.command];
  if (before === undefined) return undefined;
  const result = await runScenario(story, seed, scenario, before);
  return result.complaints.length > 0 ? { ...candidate, result } : undefined;
}

/** The same faults at the same requests of another story. */
async function elsewhere(
  failing: Failing,
  story: Story,
  seed: string,
): Promise<Failing | undefined> {
  const dropped = failing.story.commands.length - story.commands.length;
  const undisturbed = await runUndisturbed(story, seed).catch(() => undefined);
  const command = failing.scenario.command - dropped;
  const there = undisturbed?.[command];
  const here = failing.undisturbed[failing.scenario.command];
  if (!undisturbed || !there || !here) return undefined;
  const faults = failing.scenario.faults.map(({ at, kind }) => ({
    kind,
    at: samePlace(here.requests, at, there.requests),
  }));
  if (faults.some(({ at }) => at < 0)) return undefined;
  return await tried(
    { story, scenario: { ...failing.scenario, command, faults }, undisturbed },
    seed,
  );
}

/** Where the request that is the n-th of its kind stands in another sequence; -1: nowhere. */
function samePlace(from: readonly SentRequest[], at: number, to: readonly SentRequest[]): number {
  const wanted = from[at];
  if (wanted === undefined) return -1;
  const isSame = ({ verb, dryRun, what }: SentRequest): boolean =>
    verb === wanted.verb && dryRun === wanted.dryRun && what === wanted.what;
  const nth = from.slice(0, at).filter(isSame).length;
  const places = [...to.entries()].filter(([, request]) => isSame(request));
  return places[nth]?.[0] ?? -1;
}
