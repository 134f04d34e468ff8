import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cluster } from "../../src/model/cluster.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { openTarget, type Target } from "./controllers-target.ts";
import { PATIENCE } from "./pod-log.ts";

// What workloads say whose pods a quota refuses; and that they come when there is room.

const namespace = `kp-quota-${randomBytes(3).toString("hex")}`;
let target: Target;
let cluster: Cluster;

beforeAll(async () => {
  target = await openTarget();
  cluster = target.cluster;
  await cluster.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await until(() => get("v1", "ServiceAccount", "default"), Boolean);
  await cluster.create(quota(0));
  await until(
    () => get("v1", "ResourceQuota", "q"),
    (seen) => (seen?.status as { used?: object })?.used !== undefined,
  );
}, PATIENCE);

afterAll(async () => {
  await cluster.delete({ apiVersion: "v1", kind: "Namespace", name: namespace });
  await target.close();
}, PATIENCE);

const get = (apiVersion: string, kind: string, name: string): Promise<KubeObject | undefined> =>
  cluster.get({ apiVersion, kind, namespace, name });

async function until<T>(ask: () => Promise<T>, satisfies: (answer: T) => boolean): Promise<T> {
  for (const end = Date.now() + PATIENCE; ; ) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (Date.now() > end) throw new Error(`still not: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, target.interval));
  }
}

const quota = (pods: number): KubeObject => ({
  apiVersion: "v1",
  kind: "ResourceQuota",
  metadata: { name: "q", namespace },
  spec: { hard: { pods: String(pods) } },
});

const containers = [{ name: "c", image: "busybox:1.28", command: ["sleep", "3600"] }];
const pods = (app: string, more: object = {}): object => ({
  metadata: { labels: { app } },
  spec: { containers, terminationGracePeriodSeconds: 0, ...more },
});
const make = (apiVersion: string, kind: string, name: string, spec: object): Promise<KubeObject> =>
  cluster.create({ apiVersion, kind, metadata: { name, namespace }, spec });

/** What the newest Event about an object says. */
async function refusal({ kind, metadata }: KubeObject): Promise<string> {
  const { items } = await cluster.list({ apiVersion: "v1", kind: "Event", namespace });
  const event = items.find(
    ({ involvedObject, reason }) =>
      reason === "FailedCreate" && (involvedObject as { uid?: string }).uid === metadata.uid,
  );
  return event === undefined ? `no event about ${kind}` : String(event.message);
}

test(
  "a quota that is full is said in conditions and events, and pods come when there is room",
  async () => {
    const selector = (app: string): object => ({ matchLabels: { app } });
    const deployment = await make("apps/v1", "Deployment", "web", {
      selector: selector("web"),
      template: pods("web"),
    });
    const set = await make("apps/v1", "StatefulSet", "db", {
      serviceName: "db",
      selector: selector("db"),
      template: pods("db"),
    });
    const job = await make("batch/v1", "Job", "once", {
      template: pods("once", { restartPolicy: "Never" }),
    });
    await until(
      () => get("apps/v1", "Deployment", "web"),
      (seen) =>
        (
          (seen?.status as { conditions?: { type: string; message: string }[] })?.conditions ?? []
        ).some(
          ({ type, message }) =>
            type === "ReplicaFailure" &&
            message.includes("exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0"),
        ),
    );
    for (const owner of [set, job])
      expect(
        await until(
          () => refusal(owner),
          (said) => !said.startsWith("no event"),
        ),
      ).toContain("exceeded quota: q, requested: pods=1");

    await cluster.patch(
      { apiVersion: "v1", kind: "ResourceQuota", namespace, name: "q" },
      { spec: { hard: { pods: "3" } } },
    );
    const { items } = await until(
      () => cluster.list({ apiVersion: "v1", kind: "Pod", namespace }),
      (all) => all.items.length === 3,
    );
    const owners = items.map(
      ({ metadata }) => metadata.labels?.app ?? metadata.labels?.["job-name"],
    );
    expect(owners.sort()).toEqual(["db", "once", "web"]);
    expect(deployment.metadata.uid).toBeDefined();
  },
  PATIENCE,
);
