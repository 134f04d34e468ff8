import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, openTarget, type Target } from "../support/api.ts";

let t: Target;
let maps: string;

beforeAll(async () => {
  t = await openTarget();
  maps = `/api/v1/namespaces/${t.namespace}/configmaps`;
});
afterAll(() => t.close());

const configMap = (name: string, metadata: object = {}): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...metadata },
});

const make = async (
  name: string,
  metadata: object = {},
): Promise<{ uid: string; resourceVersion: string }> =>
  (await t.api.post(maps, configMap(name, metadata))).body.metadata;

const ownedBy = (name: string, uid: string, more: object = {}): object => ({
  ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name, uid, ...more }],
});

const status = async (name: string): Promise<number> => (await t.api.get(`${maps}/${name}`)).status;
const gone = (name: string): Promise<number> =>
  eventually(
    () => status(name),
    (code) => code === 404,
  );

describe("of one object", () => {
  test("answers a Status with what went", async () => {
    const { uid } = await make("plain");
    const { status: code, body } = await t.api.delete(`${maps}/plain`);
    expect([code, body]).toEqual([
      200,
      {
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Success",
        details: { name: "plain", kind: "configmaps", uid },
      },
    ]);
    expect((await t.api.delete(`${maps}/plain`)).status).toBe(404);
  });

  test("dry run deletes nothing", async () => {
    await make("dry");
    expect((await t.api.delete(`${maps}/dry?dryRun=All`)).status).toBe(200);
    expect((await t.api.delete(`${maps}/dry`, { dryRun: ["All"] })).status).toBe(200);
    expect(await status("dry")).toBe(200);
  });

  test("needs the uid and version that are named", async () => {
    const { uid, resourceVersion } = await make("exact");
    const wrongUid = await t.api.delete(`${maps}/exact`, { preconditions: { uid: "other" } });
    expect([wrongUid.status, wrongUid.body.reason]).toEqual([409, "Conflict"]);
    expect(wrongUid.body.message).toBe(
      `Operation cannot be fulfilled on ConfigMap "exact": the UID in the precondition (other) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
    const wrongVersion = await t.api.delete(`${maps}/exact`, {
      preconditions: { resourceVersion: "1" },
    });
    expect([wrongVersion.status, wrongVersion.body.reason]).toEqual([409, "Conflict"]);
    const right = await t.api.delete(`${maps}/exact`, { preconditions: { uid, resourceVersion } });
    expect(right.status).toBe(200);
  });

  test("waits for finalizers", async () => {
    await make("held", { finalizers: ["kplan.dev/a", "kplan.dev/b"] });
    const { status: code, body } = await t.api.delete(`${maps}/held`);
    expect(code).toBe(200);
    expect(body.metadata.deletionTimestamp).toMatch(/Z$/);
    const again = await t.api.delete(`${maps}/held`);
    expect([again.status, again.body.metadata.deletionTimestamp]).toEqual([
      200,
      body.metadata.deletionTimestamp,
    ]);
    const added = await t.api.patch(`${maps}/held`, "merge-patch", {
      metadata: { finalizers: ["kplan.dev/a", "kplan.dev/b", "kplan.dev/c"] },
    });
    expect([added.status, added.body.reason]).toEqual([422, "Invalid"]);
    await t.api.patch(`${maps}/held`, "merge-patch", { metadata: { finalizers: ["kplan.dev/b"] } });
    expect(await status("held")).toBe(200);
    await t.api.patch(`${maps}/held`, "merge-patch", { metadata: { finalizers: null } });
    expect(await status("held")).toBe(404);
  });

  test("an unknown propagation policy is refused", async () => {
    await make("policy");
    const { status: code } = await t.api.delete(`${maps}/policy`, {
      propagationPolicy: "Sideways",
    });
    expect([400, 422]).toContain(code);
  });
});

describe("with owner references", () => {
  test("in the background: dependents go after the owner", async () => {
    const owner = await make("bg");
    await make("bg-child", ownedBy("bg", owner.uid));
    expect((await t.api.delete(`${maps}/bg`, { propagationPolicy: "Background" })).status).toBe(
      200,
    );
    expect(await status("bg")).toBe(404);
    await gone("bg-child");
  });

  test("in the foreground: the owner waits for dependents that block it", async () => {
    const owner = await make("fg");
    await make("fg-child", {
      ...ownedBy("fg", owner.uid, { blockOwnerDeletion: true }),
      finalizers: ["kplan.dev/a"],
    });
    // The collector must know of the child before the owner goes.
    if (t.real) await new Promise((resolve) => setTimeout(resolve, 500));
    const { body } = await t.api.delete(`${maps}/fg`, { propagationPolicy: "Foreground" });
    expect(body.metadata.finalizers).toEqual(["foregroundDeletion"]);
    await eventually(
      () => t.api.get(`${maps}/fg-child`),
      (answer) => answer.body.metadata.deletionTimestamp !== undefined,
    );
    expect(await status("fg")).toBe(200);
    await t.api.patch(`${maps}/fg-child`, "merge-patch", { metadata: { finalizers: null } });
    await gone("fg-child");
    await gone("fg");
  });

  test("orphaning: dependents stay and lose the reference", async () => {
    const owner = await make("parent");
    await make("orphan", ownedBy("parent", owner.uid));
    if (t.real) await new Promise((resolve) => setTimeout(resolve, 500));
    await t.api.delete(`${maps}/parent`, { propagationPolicy: "Orphan" });
    await gone("parent");
    const { body } = await t.api.get(`${maps}/orphan`);
    expect(body.metadata.ownerReferences).toBeUndefined();
  });

  test("of two owners, one is enough to stay", async () => {
    const [one, two] = [await make("one"), await make("two")];
    const reference = (name: string, uid: string): object => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      name,
      uid,
    });
    await make("child", {
      ownerReferences: [reference("one", one.uid), reference("two", two.uid)],
    });
    if (t.real) await new Promise((resolve) => setTimeout(resolve, 500));
    await t.api.delete(`${maps}/one`, { propagationPolicy: "Background" });
    const { body } = await eventually(
      () => t.api.get(`${maps}/child`),
      (answer) => answer.body.metadata.ownerReferences?.length === 1,
    );
    expect(body.metadata.ownerReferences[0].uid).toBe(two.uid);
    await t.api.delete(`${maps}/two`, { propagationPolicy: "Background" });
    await gone("child");
  });

  test("an owner that does not exist: the dependent goes", async () => {
    await make("lost", ownedBy("never", "00000000-0000-0000-0000-000000000001"));
    await gone("lost");
  });
});

describe("of many", () => {
  test("deletes what is selected", async () => {
    await make("many-a", { labels: { set: "many" } });
    await make("many-b", { labels: { set: "many" } });
    await make("many-c");
    const { status: code } = await t.api.delete(`${maps}?labelSelector=set%3Dmany`);
    expect(code).toBe(200);
    await gone("many-a");
    await gone("many-b");
    expect(await status("many-c")).toBe(200);
  });
});

describe("of pods", () => {
  const pod = (name: string, nodeName?: string): object => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: {
      containers: [{ name: "c", image: "busybox:1.28" }],
      // Nobody schedules it, so that it stays where it is.
      schedulerName: "nobody",
      ...(nodeName && { nodeName }),
    },
  });
  const pods = (): string => `/api/v1/namespaces/${t.namespace}/pods`;

  beforeAll(async () => {
    await eventually(
      () => t.api.get(`/api/v1/namespaces/${t.namespace}/serviceaccounts/default`),
      (answer) => answer.status === 200,
    );
  });

  test("one that runs nowhere goes at once", async () => {
    expect((await t.api.post(pods(), pod("nowhere"))).status).toBe(201);
    const { status: code, body } = await t.api.delete(`${pods()}/nowhere`);
    expect([code, body.kind]).toEqual([200, "Pod"]);
    expect((await t.api.get(`${pods()}/nowhere`)).status).toBe(404);
  });

  test("one that runs is given its time, which can be cut short", async () => {
    expect((await t.api.post(pods(), pod("runs", "node-of-nobody"))).status).toBe(201);
    const first = await t.api.delete(`${pods()}/runs`);
    expect(first.body.metadata.deletionGracePeriodSeconds).toBe(30);
    expect(first.body.metadata.deletionTimestamp).toBeDefined();
    await t.api.delete(`${pods()}/runs`, { gracePeriodSeconds: 0 });
    await eventually(
      () => t.api.get(`${pods()}/runs`),
      (answer) => answer.status === 404,
    );
  });
});
