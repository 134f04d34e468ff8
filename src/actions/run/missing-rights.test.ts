import { expect, test } from "vitest";
import { type Cluster, ClusterError } from "../../model/cluster.ts";
import { missingRights, type StateWrites } from "./missing-rights.ts";

const INSTALL: StateWrites = {
  instance: "db",
  run: 1,
  plan: "deploy",
  isNew: true,
  storePackage: true,
  secrets: "create",
};
const UPDATE: StateWrites = { ...INSTALL, isNew: false, storePackage: false, secrets: "none" };

/** A user who may do all but what is named. */
function but(...forbidden: readonly string[]): {
  cluster: Cluster;
  namespace: string;
  asked: string[];
} {
  const asked: string[] = [];
  const mayI: Cluster["mayI"] = (verb, { kind, subresource, name }) => {
    const right = [verb, kind, subresource].filter(Boolean).join(" ");
    asked.push(name === undefined ? right : `${right} ${name}`);
    return Promise.resolve(!forbidden.includes(right));
  };
  return { cluster: { mayI } as Partial<Cluster> as Cluster, namespace: "ns", asked };
}

test.each<[string, StateWrites, string[], RegExp[]]>([
  ["nothing missing", INSTALL, [], []],
  [
    "no Instances to create",
    INSTALL,
    ["create Instance"],
    [/you may not create Instances in namespace ns/],
  ],
  ["no status", UPDATE, ["patch Instance status"], [/you may not patch the status of Instances/]],
  [
    "several",
    INSTALL,
    ["create Secret", "update ConfigMap"],
    [/update ConfigMaps/, /create Secrets/],
  ],
  [
    "what this run does not write",
    UPDATE,
    ["create Instance", "create Operator", "create Secret"],
    [],
  ],
  [
    "a secret into a Secret that is there",
    { ...UPDATE, secrets: "patch" },
    ["patch Secret"],
    [/patch Secrets/],
  ],
])("%s", async (_, writes, forbidden, messages) => {
  const problems = await missingRights(but(...forbidden), writes);
  expect(problems).toHaveLength(messages.length);
  for (const [index, message] of messages.entries())
    expect(problems[index]?.message).toMatch(message);
});

test("a right to create is not about one name, a right to change is", async () => {
  const ctx = but();
  await missingRights(ctx, INSTALL);
  expect(ctx.asked).toContain("create Instance");
  expect(ctx.asked).toContain("patch Instance db");
});

test("who may not ask is not held up", async () => {
  const mayI = () => Promise.reject(new ClusterError("forbidden", "no"));
  const cluster = { mayI } as Partial<Cluster> as Cluster;
  expect(await missingRights({ cluster, namespace: "ns" }, INSTALL)).toEqual([]);
});
