import { test } from "vitest";
import { embeddedStage } from "./embedded-stage.ts";
import { playStory } from "./play-story.ts";
import { STORIES } from "./stories.ts";

// The packages of KUDO's dialect, each through its life on an embedded cluster; test/e2e/kudo-packages.test.ts does the same on a real one.

const stage = embeddedStage("story");

test.each(STORIES.map((story) => [story.name, story] as const))("%s", async (_, story) => {
  await playStory(story, await stage());
});
