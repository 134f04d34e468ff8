import { test } from "vitest";
import { embeddedStage } from "./embedded-stage.ts";
import { playStory } from "./play-story.ts";
import { SUITES } from "./suites.ts";

// What KUDO's own test suites prove, on an embedded cluster.

const stage = embeddedStage("suite");

/** What KUDO's tests assert, marked so, by default; `KPLAN_KUDO_STORIES=all npx vitest run test/kudo` for all. */
const played = SUITES.filter(
  ({ name }) => process.env.KPLAN_KUDO_STORIES === "all" || /4\.[34] \[T\]|7\.4 \[T\]/.test(name),
);

test.each(played.map((suite) => [suite.name, suite] as const))("%s", async (_, suite) => {
  await playStory(suite, await stage());
});
