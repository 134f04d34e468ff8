import { test } from "vitest";
import { embeddedStage } from "./embedded-stage.ts";
import { playStory } from "./play-story.ts";
import { SUITES } from "./suites.ts";

// What KUDO's own test suites prove, on an embedded cluster.

const stage = embeddedStage("suite");

test.each(SUITES.map((suite) => [suite.name, suite] as const))("%s", async (_, suite) => {
  await playStory(suite, await stage());
});
