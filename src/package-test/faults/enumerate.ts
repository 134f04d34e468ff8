import { fractions, seededRandom } from "../seeded-random.ts";
import { type Fault, type FaultKind, faultsOf } from "./fault.ts";
import type { SentRequest } from "./faulty-exchange.ts";
import { isWrite } from "./request-kind.ts";
import type { Scenario, Undisturbed } from "./run-scenario.ts";

/** Which scenarios there are. */
export interface Selection {
  readonly seed: string;
  /** Scenarios with two faults. */
  readonly pairs: number;
  /** At most so many in all, chosen at random; all of them when absent. */
  readonly sample?: number;
  /** Of these just every `of`-th, beginning with the `part`-th (from 1); for several processes. */
  readonly shard?: { readonly part: number; readonly of: number };
}

/**
 * Every write (and every command in a pod) of every command with the driver killed before and after it; every fault that can happen to each distinct request (by command, verb and kind of object: one of
 * its occurrences, chosen by the seed); and pairs of these at random.
 */
export function enumerate(
  commands: readonly Pick<Undisturbed, "requests">[],
  selection: Selection,
): readonly Scenario[] {
  const random = fractions(seededRandom(selection.seed, "which faults"));
  const kills = commands.flatMap(({ requests }, command) => killsOf(requests, command));
  const singles = commands.flatMap(({ requests }, command) =>
    faultsOfDistinct(requests, command, random),
  );
  const pairs = pairsOf(commands, selection.pairs, random);
  const all = [...kills, ...singles, ...pairs];
  const { sample, shard } = selection;
  const chosen = sample === undefined || sample >= all.length ? all : sampled(all, sample, random);
  return shard ? chosen.filter((_, index) => index % shard.of === shard.part - 1) : chosen;
}

function killsOf(requests: readonly SentRequest[], command: number): readonly Scenario[] {
  return requests.flatMap((request, at) =>
    isWrite(request) || request.verb === "exec"
      ? KILLS.map((kind, n): Scenario => {
          // Both ways to go on come to both kinds of kills.
          const again = (at + n) % 2 === 0 ? "same-host" : "other-host";
          return { command, faults: [{ at, kind }], again };
        })
      : [],
  );
}

const KILLS: readonly FaultKind[] = ["kill-before", "kill-after"];

function faultsOfDistinct(
  requests: readonly SentRequest[],
  command: number,
  random: () => number,
): readonly Scenario[] {
  const distinct = new Map<string, number[]>();
  for (const [at, request] of requests.entries()) {
    const key = distinctOf(request);
    distinct.set(key, [...(distinct.get(key) ?? []), at]);
  }
  return [...distinct.values()].flatMap((places) =>
    faultsOf(requests[places[0] ?? 0] as SentRequest).map(
      (kind): Scenario => ({
        command,
        faults: [{ at: places[Math.floor(random() * places.length)] ?? 0, kind }],
        again: "same-host",
      }),
    ),
  );
}

/** Requests of one kind: same verb, same kind of object. */
function distinctOf({ verb, dryRun, what }: SentRequest): string {
  const [plural = "", , sub = ""] = what.split("/");
  return `${verb}${dryRun ? " (dry run)" : ""} ${verb === "discovery" ? what : plural} ${sub}`.trim();
}

function pairsOf(
  commands: readonly Pick<Undisturbed, "requests">[],
  count: number,
  random: () => number,
): readonly Scenario[] {
  const able = commands.flatMap(({ requests }, index) => (requests.length > 0 ? [index] : []));
  if (able.length === 0) return [];
  const one = (command: number): Fault => {
    const requests = commands[command]?.requests ?? [];
    const at = Math.floor(random() * requests.length);
    const request = requests[at] as SentRequest;
    const kinds = isWrite(request) ? [...faultsOf(request), ...KILLS] : faultsOf(request);
    return { at, kind: kinds[Math.floor(random() * kinds.length)] ?? "reset-before" };
  };
  return Array.from({ length: count }, (): Scenario => {
    const command = able[Math.floor(random() * able.length)] ?? 0;
    const faults = [one(command), one(command)].sort((a, b) => a.at - b.at);
    const again = random() < 0.5 ? "same-host" : "other-host";
    return { command, faults, again };
  });
}

function sampled<T>(all: readonly T[], count: number, random: () => number): readonly T[] {
  return all
    .map((item, index) => ({ item, index, key: random() }))
    .sort((a, b) => a.key - b.key)
    .slice(0, count)
    .sort((a, b) => a.index - b.index)
    .map(({ item }) => item);
}

/** A scenario in one word that can be typed: `1:kill-after@72:other-host`. */
export function scenarioId({ command, faults, again }: Scenario): string {
  const what = faults.map(({ kind, at }) => `${kind}@${at}`).join("+");
  return `${command + 1}:${what}${again === "other-host" ? ":other-host" : ""}`;
}

/** Reads such a word; undefined when it is none. */
export function scenarioOf(id: string): Scenario | undefined {
  const [, command, what = "", host] = /^(\d+):([a-z0-9@+-]+)(:other-host)?$/.exec(id) ?? [];
  const faults = what.split("+").map((part) => {
    const [kind = "", at = ""] = part.split("@");
    return { kind: kind as FaultKind, at: Number(at) };
  });
  if (command === undefined || faults.some(({ at }) => Number.isNaN(at))) return undefined;
  const again = host === undefined ? "same-host" : "other-host";
  return { command: Number(command) - 1, faults, again };
}
