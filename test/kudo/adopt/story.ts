import { expect } from "vitest";
import { packageFolder } from "../../support/package-folder.ts";
import { SHOP_NEXT } from "./shop.ts";
import { podSpecOf, type Site, shared } from "./site.ts";

/** An instance is taken over, updated, upgraded and removed; pods restart just where KUDO would have restarted them. */
export async function takeOverStory(site: Site): Promise<void> {
  const uid = await site.left({ finalizer: true });
  const before = await site.pods(3);
  const versions = await site.versions();

  const refused = await site.kplan("update -p COUNT=3");
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/kplan adopt db/)]);

  const would = await site.kplan("adopt db --dry-run");
  expect([would.code, would.stdout]).toEqual([
    10,
    expect.stringMatching(/would be taken over with 9 objects[\s\S]*deploy COMPLETE/),
  ]);
  expect(await site.versions()).toEqual(versions);

  const { stdout } = await site.succeed("adopt db -o json");
  expect(JSON.parse(stdout)).toMatchObject({
    state: "adopted",
    operatorVersion: "shop-5.7-0.1.0",
    finalizerRemoved: true,
    notes: [],
    objects: expect.arrayContaining([
      {
        ref: {
          apiVersion: "apps/v1",
          kind: "StatefulSet",
          namespace: site.namespace,
          name: "db-db",
        },
        path: { plan: "deploy", phase: "main", step: "set", task: "set" },
      },
    ]),
  });
  expect(await site.versions()).toEqual(versions);
  const instance = await site.get("Instance", "db");
  expect(instance?.metadata).toMatchObject({ uid });
  expect(instance?.metadata.finalizers).toBeUndefined();
  expect((await site.succeed("adopt db")).stdout).toMatch(/is kplan's already/);
  expect((await site.succeed("plan history")).stdout).toMatch(/adopt/);
  expect((await site.succeed("drift")).stdout).toMatch(/9 objects as applied/);

  expect((await site.succeed("plan status --ready")).stdout).toMatch(/ready: 2 workloads/);

  // KUDO's copy of a Secret holds its values: nobody is shown it.
  const preview = await site.kplan("update -p LABELS={c:d} --dry-run");
  expect(preview).toMatchObject({ code: 10, stdout: expect.stringMatching(/Secret db-key/) });
  expect(preview.stdout + preview.stderr).not.toMatch(/hunter2|aHVudGVyMg/);

  // A scale adds a pod and restarts none.
  await site.succeed("update -p COUNT=3");
  expect(await site.pods(4)).toEqual({ ...before, ...(await site.pods(4, "db-db-2")) });

  // The whole of deploy again: what has changed is a ConfigMap of the Deployment.
  await site.annotate("StatefulSet", "db-db", "by", "hand");
  await site.succeed("update -p LABELS={c:d}");
  const again = await site.pods(4);
  expect(again).toMatchObject(before);
  const set = await site.get("StatefulSet", "db-db");
  expect(set?.metadata.annotations).toMatchObject({ by: "hand" });
  expect(set?.metadata.annotations).not.toHaveProperty("kudo.dev/last-applied-configuration");
  expect(set?.metadata.managedFields?.map(({ manager }) => manager)).not.toContain("manager");

  // What COLOR is for restarts both: their ConfigMaps are others.
  await site.succeed("update -p COLOR=blue");
  expect(shared(again, await site.pods(4))).toEqual([]);

  // The next version restarts all, and what its templates do not say any more is gone.
  const seen = await site.pods(4);
  await site.succeed(`upgrade ${packageFolder(SHOP_NEXT)} --instance db`);
  expect(shared(seen, await site.pods(4))).toEqual([]);
  expect((await site.get("ConfigMap", "db-config"))?.data).toEqual({ color: "blue" });
  const { containers } = podSpecOf(await site.get("Deployment", "db-web"));
  expect(containers.map(({ name, env }) => [name, env])).toEqual([
    ["web", [{ name: "COLOR", value: "fixed" }]],
  ]);

  await site.succeed("uninstall --instance db");
  expect(await site.get("StatefulSet", "db-db")).toBeUndefined();
  expect(await site.get("Instance", "db")).toBeUndefined();
  expect(await site.get("PersistentVolumeClaim", "db-backup")).toBeDefined();
}

/**
 * What KUDO applied more than once, in part before servers kept managedFields: a run of all of deploy restarts nobody, and what has left the templates leaves the objects.
 */
export async function oldObjectsStory(
  site: Site,
  untrack: (kind: string, name: string) => Promise<void>,
): Promise<void> {
  await site.left({ plans: ["deploy", "scale", "backup", "deploy"] });
  const before = await site.pods(3);
  await untrack("ConfigMap", "db-config");
  await untrack("Deployment", "db-web");
  await untrack("StatefulSet", "db-db");
  await untrack("Service", "db-hs");
  expect((await site.get("Deployment", "db-web"))?.metadata.managedFields).toBeUndefined();
  await site.succeed("adopt db");
  await site.succeed("update -p LABELS={c:d}");
  expect(await site.pods(3)).toEqual(before);

  await site.succeed(`upgrade ${packageFolder(SHOP_NEXT)}`);
  expect(shared(before, await site.pods(3))).toEqual([]);
  expect((await site.get("ConfigMap", "db-config"))?.data).toEqual({ color: "red" });
  expect(podSpecOf(await site.get("Deployment", "db-web")).containers).toHaveLength(1);
  await site.succeed("uninstall --instance db");
}
