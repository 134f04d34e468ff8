import { expect, test } from "vitest";
import { expectCluster, expectRowEverywhere, expectRows } from "./expect-cluster.ts";
import { bootstrapPods, INSTANCE, member, memberState, memberStates } from "./galera.ts";
import { GALERA, kplan, startKplan, succeed } from "./kplan.ts";
import { kubectl, object } from "./kubectl.ts";
import { expectNoSecrets } from "./no-secrets.ts";
import { until } from "./until.ts";
import { useNamespace } from "./use-namespace.ts";

const namespace = useNamespace("kp-galera-fence");
let uuid = "";

test("a bootstrap pod killed while it gives its data to the first member comes back with the same cluster", async () => {
  const install = startKplan(namespace, ["install", GALERA]);
  const bootstrap = await until(
    "the first transfer",
    async () => {
      await kubectl(namespace, inPod(member(0), "test -e /var/lib/mysql/sst_in_progress"));
      const [pod] = await bootstrapPods(namespace);
      return pod?.metadata.name;
    },
    { within: 5 * 60_000, every: 200 },
  );
  uuid = (await memberState(namespace, bootstrap)).uuid;
  await kubectl(namespace, ["delete", "pod", bootstrap, "--grace-period=0", "--force"]);

  const { code, stdout, stderr } = await install.ended;
  expect({ code, said: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, said: "" });
  expect(await expectCluster(namespace, 3)).toBe(uuid);
  await expectRowEverywhere(namespace, 3, 1);
});

test("a member with another cluster's data stops before it joins, and says so", async () => {
  const refused = await kplan(namespace, "update", "-p", "NODE_COUNT=2");
  expect([refused.code, refused.stdout + refused.stderr]).toEqual([
    2,
    expect.stringMatching(/--allow even-size/),
  ]);
  await succeed(namespace, "update", "-p", "NODE_COUNT=2", "--allow", "even-size");
  await pretendForeignClaim(2, "11111111-2222-3333-4444-555555555555");

  const { code, stdout, stderr } = await kplan(namespace, "update", "-p", "NODE_COUNT=3");

  expect(code).toBe(1);
  expect(stdout + stderr).toMatch(
    /holds data of cluster 11111111-2222-3333-4444-555555555555, but the cluster that runs is/,
  );
  const states = await memberStates(namespace).catch(() => []);
  expect(states.every((state) => state.uuid === uuid)).toBe(true);
  await expectRows(namespace, 2, 1);
});

test("its claim deleted, the same update again completes", async () => {
  await kubectl(namespace, ["delete", "pvc", `data-${member(2)}`, "--wait=false"]);
  await kubectl(namespace, ["delete", "pod", member(2)]);

  await succeed(namespace, "update", "-p", "NODE_COUNT=3");

  expect(await expectCluster(namespace, 3)).toBe(uuid);
  await expectRowEverywhere(namespace, 3, 2);
  await expectNoSecrets(namespace);
});

/** Makes the claim of a member that has left say that its data is another cluster's. */
async function pretendForeignClaim(n: number, other: string): Promise<void> {
  const name = "claim-editor";
  const statefulset = (await object(namespace, "statefulset", `${INSTANCE}-galera`)) as unknown as {
    readonly spec: {
      readonly template: { readonly spec: { readonly containers: { image: string }[] } };
    };
  };
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: {
      restartPolicy: "Never",
      containers: [
        {
          name: "editor",
          image: statefulset.spec.template.spec.containers[0]?.image,
          command: ["sed", "-i", `s/^uuid:.*/uuid: ${other}/`, "/data/grastate.dat"],
          volumeMounts: [{ name: "data", mountPath: "/data" }],
        },
      ],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: `data-${member(n)}` } }],
    },
  };
  await kubectl(namespace, ["apply", "-f", "-"], JSON.stringify(pod));
  await until(
    "the claim is edited",
    async () => {
      const text = await kubectl(namespace, ["get", "pod", name, "-o", "jsonpath={.status.phase}"]);
      return text === "Succeeded" ? true : undefined;
    },
    { within: 2 * 60_000 },
  );
  await kubectl(namespace, ["delete", "pod", name]);
}

function inPod(pod: string, script: string): readonly string[] {
  return ["exec", pod, "-c", "mariadb", "--", "bash", "-c", script];
}
