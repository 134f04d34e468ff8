import { afterAll, expect, test } from "vitest";
import { playStory, type Stage } from "../kudo/play-story.ts";
import { STORIES } from "../kudo/stories.ts";
import type { Story } from "../kudo/story.ts";
import { SUITES } from "../kudo/suites.ts";
import { kplan } from "./kplan.ts";
import { kubectl } from "./kubectl.ts";
import { useNamespace } from "./use-namespace.ts";

// The packages of KUDO's dialect, and what KUDO's own suites prove, on a real cluster: the stories of test/kudo, with containers. All in one namespace, one after the other.

const namespace = useNamespace("kp-kudo");

afterAll(async () => {
  // What a story that failed has left, and no namespace takes along.
  const definitions = ["queues.kudo.kplan.test", "gadgets.legacy.kplan.test"];
  await kubectl("default", ["delete", "crd", "--ignore-not-found", ...definitions]);
  const rights = `${namespace}-q`;
  for (const kind of ["clusterrole", "clusterrolebinding"])
    await kubectl("default", ["delete", kind, "--ignore-not-found", rights]);
  await kubectl("default", ["delete", "namespace", "--ignore-not-found", `${namespace}-made`]);
});

const stage: Stage = {
  namespace,
  real: true,
  run: async (words) => {
    const { code, stdout, stderr } = await kplan(namespace, ...words);
    return { code, said: stdout + stderr };
  },
  look: async ({ apiVersion, kind, name }) => {
    const [group = "", version = ""] = apiVersion.includes("/")
      ? apiVersion.split("/")
      : ["", apiVersion];
    const resource = group === "" ? kind : `${kind}.${version}.${group}`;
    const wanted = [resource, name.replace("{ns}", namespace)];
    try {
      const text = await kubectl(namespace, ["get", ...wanted, "--ignore-not-found", "-o", "json"]);
      return text === "" ? undefined : JSON.parse(text);
    } catch (error) {
      // A definition that is gone has taken its objects along.
      if (String(error).includes("the server doesn't have a resource type")) return undefined;
      throw error;
    }
  },
};

test.each([...STORIES, ...SUITES].map((story): [string, Story] => [story.name, story]))(
  "%s",
  async (_, story) => {
    const instances = () => kubectl(namespace, ["get", "instances.kudo.dev", "-o", "name"]);
    // What an earlier story that failed has left is not this one's.
    const before = await instances().catch(() => "");
    await playStory(story, stage);
    expect(await instances()).toBe(before);
  },
);
