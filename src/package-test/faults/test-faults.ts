import { KplanError } from "../../model/kplan-error.ts";
import { enumerate, scenarioId } from "./enumerate.ts";
import type { SentRequest } from "./faulty-exchange.ts";
import { isWrite } from "./request-kind.ts";
import { runScenario, runUndisturbed, type Scenario } from "./run-scenario.ts";
import { shrink } from "./shrink.ts";
import { type Story, wordsOf } from "./story.ts";

/** What is asked for. */
export interface FaultOptions {
  readonly seed: string;
  /** Scenarios with two faults. */
  readonly pairs: number;
  /** At most so many scenarios, chosen by the seed. */
  readonly sample?: number;
  /** A part of them, see `Selection`. */
  readonly shard?: { readonly part: number; readonly of: number };
  /** Just this one. */
  readonly only?: Scenario;
  /** Failures that are made short and told in full; the others are only counted. */
  readonly mostShown: number;
  readonly onProgress?: (done: number, all: number, failed: number) => void;
  /** Told each failure as soon as it is short. */
  readonly onFailure?: (failure: FaultFailure) => void;
}

/** What came of all scenarios of a story. */
export interface FaultReport {
  readonly seed: string;
  /** As they are typed. */
  readonly commands: readonly {
    readonly command: string;
    readonly exit: number;
    readonly requests: number;
    readonly writes: number;
  }[];
  readonly scenarios: number;
  /** By kind of fault: how many there were, how many failed, in how many the command had to be given again. */
  readonly kinds: Readonly<
    Record<string, { readonly count: number; readonly failed: number; readonly again: number }>
  >;
  readonly failed: number;
  readonly failures: readonly FaultFailure[];
  /** Real milliseconds. */
  readonly milliseconds: number;
}

/** A scenario that failed, made short. */
export interface FaultFailure {
  /** What `--scenario` takes. */
  readonly id: string;
  /** The commands, the one that it happens to last. */
  readonly commands: readonly string[];
  /** What happens, in words. */
  readonly faults: readonly string[];
  /** As few tasks as that at the same time show it, too. */
  readonly concurrency?: number;
  /** What is wrong then. */
  readonly complaints: readonly string[];
  /** How each attempt ended. */
  readonly attempts: readonly string[];
}

/** Runs a story undisturbed, then once for every scenario, and tells where the end is another. */
export async function testFaults(told: Story, options: FaultOptions): Promise<FaultReport> {
  const began = performance.now();
  const story: Story = { packages: new Map(), ...told };
  const { seed, only, onProgress } = options;
  const undisturbed = await runUndisturbed(story, seed);
  const scenarios = only ? [only] : enumerate(undisturbed, options);
  const kinds: Record<string, { count: number; failed: number; again: number }> = {};
  const failures: FaultFailure[] = [];
  let failed = 0;
  for (const [done, scenario] of scenarios.entries()) {
    onProgress?.(done, scenarios.length, failed);
    const here = undisturbed[scenario.command];
    if (here === undefined)
      throw new KplanError("bad-scenario", `there is no command ${scenario.command + 1}`, {
        kind: "bad-input",
      });
    const result = await runScenario(story, seed, scenario, here);
    const name = kindOf(scenario);
    const counted = kinds[name] ?? { count: 0, failed: 0, again: 0 };
    kinds[name] = counted;
    counted.count++;
    if (result.attempts > 1) counted.again++;
    if (result.complaints.length === 0) continue;
    failed++;
    counted.failed++;
    if (failures.length >= options.mostShown) continue;
    const short = await shrink({ story, scenario, undisturbed, result }, seed);
    const failure = {
      // What was made short with fewer commands, or one task at a time, is another story: the whole one shows it, too.
      id: scenarioId(isSame(short.story, story) ? short.scenario : scenario),
      commands: short.story.commands
        .slice(0, short.scenario.command + 1)
        .map((command) => `kplan ${wordsOf(story, command).join(" ")}`),
      faults: short.scenario.faults.map(({ at, kind }) =>
        faultText(kind, at, short.undisturbed[short.scenario.command]?.requests[at]),
      ),
      ...(short.story.concurrency !== undefined && { concurrency: short.story.concurrency }),
      complaints: short.result.complaints,
      attempts: short.result.ends.map((end) =>
        end.kind === "ended" ? `exit ${end.exit}: ${end.said}` : end.kind,
      ),
    };
    failures.push(failure);
    options.onFailure?.(failure);
  }
  onProgress?.(scenarios.length, scenarios.length, failed);
  return {
    seed,
    commands: undisturbed.map(({ requests, exit }, index) => ({
      command: wordsOf(story, story.commands[index] ?? { kind: "uninstall" }).join(" "),
      exit,
      requests: requests.length,
      writes: requests.filter(isWrite).length,
    })),
    scenarios: scenarios.length,
    kinds,
    failed,
    failures,
    milliseconds: Math.round(performance.now() - began),
  };
}

function isSame(one: Story, two: Story): boolean {
  return one.commands.length === two.commands.length && one.concurrency === two.concurrency;
}

function kindOf({ faults }: Scenario): string {
  return faults.length === 1 ? (faults[0]?.kind ?? "") : "two faults";
}

function faultText(kind: string, at: number, request: SentRequest | undefined): string {
  const what = request
    ? `${request.verb}${request.dryRun ? " (dry run)" : ""} ${request.what}`
    : "a request of a later attempt";
  return `${kind} at request ${at}: ${what}`;
}
