import { test } from "vitest";
import { embeddedStage } from "./embedded-stage.ts";
import { playStory } from "./play-story.ts";
import { STORIES } from "./stories.ts";

// The packages of KUDO's dialect, each through its life on an embedded cluster; test/e2e/kudo-packages.test.ts does the same on a real one.

const stage = embeddedStage("story");

/** These by default; `KPLAN_KUDO_STORIES=all npx vitest run test/kudo` for all. */
const SAMPLE = /^(certs|stack|switch|queue|yaml11|plain):/;
const played = STORIES.filter(
  ({ name }) => process.env.KPLAN_KUDO_STORIES === "all" || SAMPLE.test(name),
);

test.each(played.map((story) => [story.name, story] as const))("%s", async (_, story) => {
  await playStory(story, await stage());
});
