import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Clock } from "../../model/clock.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { type EmbeddedServer, startServer } from "../start-server.ts";
import { isReady } from "./pod-state.ts";
import { podSpecOf, podStatusOf } from "./shapes.ts";

/** A clock that stands still until it is told to go on. */
function handClock(): Clock & { readonly advance: (ms: number) => void } {
  let now = Date.parse("2026-03-01T12:00:00Z");
  let sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => new Date(now),
    monotonic: () => now,
    sleep: (ms) =>
      new Promise((resolve) => {
        sleepers.push({ at: now + ms, wake: resolve });
      }),
    advance: (ms) => {
      now += ms;
      const due = sleepers.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
      sleepers = sleepers.filter(({ at }) => at > now);
      for (const { wake } of due) wake();
    },
  };
}

/** Lets everything happen that needs no time. */
async function settle({ store }: EmbeddedServer): Promise<void> {
  for (let version = -1; version !== store.version; ) {
    version = store.version;
    for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
    await store.durable();
  }
}

function statefulSet(replicas: number): KubeObject {
  const labels = { app: "db" };
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "db", namespace: "default" },
    spec: {
      replicas,
      serviceName: "db",
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "main", image: "db:1" }] } },
      volumeClaimTemplates: [
        {
          metadata: { name: "data" },
          spec: {
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: "1Gi" } },
          },
        },
      ],
    },
  };
}

const stages = ({ api }: EmbeddedServer): string[] =>
  api.list("Pod").map((pod) => {
    const { phase } = podStatusOf(pod);
    const node = podSpecOf(pod).nodeName ?? "nowhere";
    return `${pod.metadata.name} ${phase} on ${node}${isReady(pod) ? ", ready" : ""}`;
  });

test("a clock in somebody's hand decides what happens when", async () => {
  const clock = handClock();
  const server = await startServer({ clock });
  const story: Record<string, string[]> = {};
  const at = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await settle(server);
    story[String(clock.monotonic() % 100_000)] = stages(server);
  };
  await settle(server);
  server.api.create(statefulSet(2));
  for (const ms of [0, 99, 1, 399, 1, 499, 1, 100, 400, 500]) await at(ms);
  await server.close();
  expect(story).toEqual({
    0: ["db-0 Pending on nowhere"],
    99: ["db-0 Pending on nowhere"],
    100: ["db-0 Pending on node0"],
    499: ["db-0 Pending on node0"],
    500: ["db-0 Running on node0"],
    999: ["db-0 Running on node0"],
    1000: ["db-0 Running on node0, ready", "db-1 Pending on nowhere"],
    1100: ["db-0 Running on node0, ready", "db-1 Pending on node1"],
    1500: ["db-0 Running on node0, ready", "db-1 Running on node1"],
    2000: ["db-0 Running on node0, ready", "db-1 Running on node1, ready"],
  });
});

test("what was under way goes on after a restart, from what is stored alone", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "kplan-controllers-"));
  try {
    const clock = handClock();
    const first = await startServer({ dataDir, clock });
    await settle(first);
    first.api.create(statefulSet(3));
    for (let n = 0; n < 14; n++) {
      clock.advance(100);
      await settle(first);
    }
    const before = first.api.list("Pod").map(({ metadata }) => metadata.uid);
    expect(stages(first)).toHaveLength(2);
    await first.close();

    const second = await startServer({ dataDir, clock });
    for (let n = 0; n < 40 && stages(second).filter((one) => /ready/.test(one)).length < 3; n++) {
      clock.advance(100);
      await settle(second);
    }
    expect(stages(second)).toEqual([
      "db-0 Running on node0, ready",
      "db-1 Running on node1, ready",
      "db-2 Running on node2, ready",
    ]);
    expect(second.api.list("Pod").map(({ metadata }) => metadata.uid)).toEqual(
      expect.arrayContaining(before),
    );
    expect(second.api.list("PersistentVolumeClaim")).toHaveLength(3);
    await second.close();
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});

test("nothing is written when nothing is to be done", async () => {
  const clock = handClock();
  const server = await startServer({ clock });
  await settle(server);
  server.api.create(statefulSet(1));
  for (let n = 0; n < 20; n++) {
    clock.advance(100);
    await settle(server);
  }
  const { version } = server.store;
  for (let n = 0; n < 20; n++) {
    clock.advance(60_000);
    await settle(server);
  }
  expect(server.store.version).toBe(version);
  await server.close();
});
