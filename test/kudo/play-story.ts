import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { type Sight, type Story, wordsOf } from "./story.ts";

/** A cluster that a story is played on. */
export interface Stage {
  readonly namespace: string;
  /** Containers run there. */
  readonly real: boolean;
  /** Runs kplan in the story's namespace; `said` is both of its streams. */
  run(words: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }>;
  /** Undefined when there is none. */
  look(sight: Sight): Promise<unknown>;
}

/** Plays the scenes of a story one after the other. */
export async function playStory({ scenes, packages = {} }: Story, stage: Stage): Promise<void> {
  const folders = Object.fromEntries(
    Object.entries(packages).map(([name, files]) => [name, written(name, files)]),
  );
  for (const { run, code = 0, says, sees = [], real } of scenes) {
    if (real && !stage.real) continue;
    const words = wordsOf(run, folders).map((word) => word.replace("{ns}", stage.namespace));
    const ended = await stage.run(words);
    expect({ run, ...ended }).toEqual({ run, code, said: ended.said });
    if (says) expect(ended.said, run).toMatch(says);
    for (const sight of sees) {
      const found = await stage.look(sight);
      const what = `after ${run}: ${sight.kind} ${sight.name}`;
      if (sight.is === "absent") expect(found, what).toBeUndefined();
      else if (sight.is === "going") expect(isThere(found), what).toBe(false);
      else expect(found, what).toMatchObject(sight.is);
    }
  }
}

/** Whether it is there and nobody has deleted it: a container on a real node takes its time to end. */
function isThere(found: unknown): boolean {
  const { metadata } = (found ?? {}) as { metadata?: { deletionTimestamp?: string } };
  return found !== undefined && metadata?.deletionTimestamp === undefined;
}

/** A folder of this name, so that packages find each other beside them. */
function written(name: string, files: Readonly<Record<string, string>>): string {
  home ??= mkdtempSync(join(tmpdir(), "kplan-story-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name, path)), { recursive: true });
    writeFileSync(join(home, name, path), text);
  }
  return join(home, name);
}

let home: string | undefined;
