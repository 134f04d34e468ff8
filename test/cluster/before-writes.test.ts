import { afterEach, expect, test } from "vitest";
import { applyObject, createObject, deleteObject } from "../../src/cluster/write-objects.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { apiOver, statusBody } from "../support/api-over.ts";
import { type FaultServer, startFaultServer } from "../support/fault-server.ts";

const servers: FaultServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const ref = { apiVersion: "v1", kind: "ConfigMap", name: "c", namespace: "db" };
const object: KubeObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "c", namespace: "db", uid: "u", resourceVersion: "7" },
};
const told = new Error("told to stop");

/** A server that is too busy for every write. */
async function busy(): Promise<FaultServer> {
  const server = await startFaultServer(({ method }) =>
    method === "GET"
      ? { status: 200, body: object }
      : {
          status: 429,
          headers: { "retry-after": "0" },
          body: statusBody(429, "TooManyRequests", "busy"),
        },
  );
  servers.push(server);
  return server;
}

/** A hook that lets so many requests leave. */
function letting(count: number): { readonly before: () => Promise<void> } {
  let left = count;
  return {
    before: async () => {
      left -= 1;
      if (left < 0) throw told;
      await Promise.resolve();
    },
  };
}

test.each([
  [
    "a creation",
    "POST",
    (api: ReturnType<typeof apiOver>, n: number) => createObject(api, object, letting(n)),
  ],
  [
    "an apply",
    "PATCH",
    (api: ReturnType<typeof apiOver>, n: number) => applyObject(api, object, letting(n)),
  ],
  [
    "a deletion",
    "DELETE",
    (api: ReturnType<typeof apiOver>, n: number) =>
      deleteObject(api, ref, { uid: "u", ...letting(n) }),
  ],
])("%s is asked for again only as long as it may be", async (_, method, act) => {
  for (const allowed of [0, 1, 3]) {
    const server = await busy();
    await expect(act(apiOver(server.url), allowed)).rejects.toBe(told);
    expect(server.received.filter((one) => one.method === method)).toHaveLength(allowed);
  }
});
