import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, test } from "vitest";
import { siteAt } from "../kudo/adopt/site.ts";
import { oldObjectsStory, takeOverStory } from "../kudo/adopt/story.ts";
import { openApi } from "../support/api.ts";
import { useNamespace } from "./use-namespace.ts";

// Written as KUDO would have written it, on a real cluster: pods whose uids tell whether they were restarted.

const namespace = useNamespace("kp-adopt");
const kubeconfig = process.env.KUBECONFIG ?? "";
const api = openApi(readFileSync(kubeconfig, "utf8"));
// Registered after, so done before, the namespace is removed: nobody else would take KUDO's finalizer off.
afterAll(async () => {
  const path = `/apis/kudo.dev/v1beta1/namespaces/${namespace}/instances/db`;
  await api.patch(path, "merge-patch", { metadata: { finalizers: null } });
  await api.delete(`/apis/rbac.authorization.k8s.io/v1/clusterroles/${namespace}-db`);
  api.close();
});

const site = siteAt({
  ...{ api, namespace, kubeconfig },
  home: mkdtempSync(join(tmpdir(), "kplan-home-")),
});

test("an instance of KUDO's is taken over, updated and upgraded, and no pod restarts that KUDO would not have restarted", () =>
  takeOverStory(site));

test("objects older than managedFields are taken over all the same", async () => {
  await api.delete(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`);
  await oldObjectsStory(site, async (kind, name) => {
    const metadata = { managedFields: [{}] };
    await api.patch(site.pathOf(kind, name), "merge-patch", { metadata });
  });
});
