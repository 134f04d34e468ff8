import { rmSync } from "node:fs";
import { enumerate, scenarioId } from "../../src/package-test/faults/enumerate.ts";
import type { NormalState } from "../../src/package-test/faults/normal-state.ts";
import { runScenario, runUndisturbed } from "../../src/package-test/faults/run-scenario.ts";
import { contradictions, wrongObjects } from "./check-log.ts";
import { expectedOf } from "./model.ts";
import type { RandomStory } from "./random-package.ts";
import { writePackage } from "./write-package.ts";

/**
 * Plays a story with nothing in its way, then `faulty` times with something; holds what every driver told, what the objects show, and how it ended against the model. Answers
 * everything that is wrong.
 */
export async function play(
  { pkg, commands }: RandomStory,
  { seed, faulty }: { readonly seed: string; readonly faulty: number },
): Promise<readonly string[]> {
  const source = writePackage(pkg);
  const story = { source, commands, packages: new Map() };
  const found: string[] = [];
  try {
    const expected = expectedOf(pkg, commands);
    const undisturbed = await runUndisturbed(story, seed);
    for (const [n, is] of undisturbed.entries()) {
      const should = expected[n];
      if (should === undefined) continue;
      const name = `command ${n + 1} (${commands[n]?.kind})`;
      if (is.exit !== should.exit) found.push(`${name} ends with ${is.exit}: ${is.said}`);
      for (const what of contradictions(pkg, should, [is.events])) found.push(`${name}: ${what}`);
      for (const what of wrongObjects(should, shown(is.state))) found.push(`${name}: ${what}`);
    }
    if (found.length > 0) return found;
    for (const scenario of enumerate(undisturbed, { seed, pairs: 4, sample: faulty })) {
      const [is, should] = [undisturbed[scenario.command], expected[scenario.command]];
      if (is === undefined || should === undefined) continue;
      const { complaints, events } = await runScenario(story, seed, scenario, is);
      const said = scenario.again === "same-host" ? contradictions(pkg, should, events) : [];
      for (const what of [...complaints, ...said]) found.push(`${scenarioId(scenario)}: ${what}`);
    }
    return found;
  } finally {
    rmSync(source, { recursive: true });
  }
}

const KINDS =
  /^(ConfigMap|ServiceAccount|Service|Deployment|StatefulSet|Job) default\/demo-instance-(\w+)$/;

/** What the objects of a package show, by their names in it. */
function shown(state: NormalState): ReadonlyMap<string, string> {
  return new Map(
    [...state].flatMap(([key, object]): [string, string][] => {
      const [, , name = ""] = KINDS.exec(key) ?? [];
      const { metadata } = JSON.parse(object) as {
        readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
      };
      const text = metadata?.annotations?.["demo/shows"];
      // A controller may make objects of its own beside them.
      return name === "" || text === undefined ? [] : [[name, text]];
    }),
  );
}
