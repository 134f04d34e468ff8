import { afterAll, expect, test } from "vitest";
import { expectCluster } from "./expect-cluster.ts";
import { INSTANCE, identities, member, memberPods, memberStates } from "./galera.ts";
import { GALERA, succeed } from "./kplan.ts";
import { kubectl } from "./kubectl.ts";
import { printTrials } from "./load/table.ts";
import {
  control,
  endTrials,
  killTrials,
  startTrials,
  type Trial,
  type Trials,
  trial,
} from "./load/trial.ts";
import { expectNoSecrets } from "./no-secrets.ts";
import { until } from "./until.ts";
import { useNamespace } from "./use-namespace.ts";

const ROUNDS = Number(process.env.KPLAN_E2E_ROUNDS ?? 10);
/** How much longer than `kubectl scale` it may take. */
const RATIO = 1.2;
const LEAVING = [member(3), member(4)];

const namespace = useNamespace("kp-galera-scale");
const shown: Trial[] = [];
let trials: Trials | undefined;
let uuid = "";
let old: Readonly<Record<string, string>> = {};

afterAll(() => {
  killTrials(trials);
  if (shown.length > 0) printTrials("scaled under load", shown);
});

test("three members, and clients at work", async () => {
  await succeed(namespace, "install", GALERA);
  uuid = await expectCluster(namespace, 3);
  old = await identities(namespace);
  trials = await startTrials(namespace);
});

test.each(Array.from({ length: ROUNDS }, (_, n) => n + 1))(
  "round %i: 3 to 5 to 3",
  async (round) => {
    const up = await scaled(`3 to 5, round ${round}`, 5, kplanTo(5));
    if (round === 1) shown.push(await control(running(), up));
    const down = await scaled(`5 to 3, round ${round}`, 3, kplanTo(3));
    if (round === 1) shown.push(await control(running(), down));

    expect([...up.broken, ...down.broken]).toEqual([]);
  },
);

test("kubectl scale on the same StatefulSet, one member at a time, takes about as long", async () => {
  // Without the claims of those that left: fresh against fresh.
  const claims = LEAVING.map((pod) => `data-${pod}`);
  await kubectl(namespace, ["delete", "pvc", ...claims]);
  await scaled("kubectl: 3 to 5, fresh claims", 5, kubectlTo(4, 5));
  await scaled("kubectl: 5 to 3", 3, kubectlTo(4, 3));
  await scaled("kubectl: 3 to 5, claims kept", 5, kubectlTo(4, 5));
  await scaled("kubectl: 5 to 3", 3, kubectlTo(4, 3));
  // For comparison alone: two at a time is what this StatefulSet allows, and a cluster must not be asked to do.
  await scaled("kubectl, both at once: 3 to 5", 5, kubectlTo(5));
  await scaled("kubectl, both at once: 5 to 3", 3, kubectlTo(3));

  const ratio = (own: string, other: string): number => median(own) / median(other);
  const ratios = {
    fresh: ratio("3 to 5, round 1", "kubectl: 3 to 5, fresh"),
    ...(ROUNDS > 1 ? { kept: ratio("3 to 5, round [^1]", "kubectl: 3 to 5, claims kept") } : {}),
    down: ratio("5 to 3, round", "kubectl: 5 to 3"),
  };
  for (const [what, found] of Object.entries(ratios))
    expect({ what, within: found <= RATIO, found }).toEqual({ what, within: true, found });
});

test("every acknowledged row is on every member", async () => {
  await endTrials(running());
  expect(await expectCluster(namespace, 3)).toBe(uuid);
  await expectNoSecrets(namespace);
});

function running(): Trials {
  if (trials === undefined) throw new Error("the clients are not at work");
  return trials;
}

/** Scales under the load, and expects a whole cluster in which nobody restarted. */
async function scaled(name: string, to: number, change: () => Promise<void>): Promise<Trial> {
  const leaving = to === 3 ? LEAVING : [];
  const done = await trial(running(), name, { leaving }, change);
  shown.push(done);
  expect(await expectCluster(namespace, to)).toBe(uuid);
  expect(await identities(namespace)).toMatchObject(old);
  return done;
}

function kplanTo(size: number): () => Promise<void> {
  return async () => void (await succeed(namespace, "update", "-p", `NODE_COUNT=${size}`));
}

/** Changes the size past kplan, by these steps; each is done when all pods are ready, the others are gone, and the members say so. */
function kubectlTo(...sizes: readonly number[]): () => Promise<void> {
  return async () => {
    for (const size of sizes) {
      const set = ["statefulset", `${INSTANCE}-galera`];
      await kubectl(namespace, ["scale", ...set, `--replicas=${size}`]);
      await until(`${size} members`, async () => ((await has(size)) ? true : undefined), {
        within: 5 * 60_000,
        every: 200,
      });
    }
  };
}

async function has(size: number): Promise<boolean> {
  const pods = await memberPods(namespace);
  const ready = pods.filter(({ status }) => status?.containerStatuses?.every((one) => one.ready));
  if (pods.length !== size || ready.length !== size) return false;
  return (await memberStates(namespace)).every((state) => state.size === String(size));
}

/** Median duration of the trials whose name matches. */
function median(name: string): number {
  const own = shown.filter((one) => new RegExp(`^${name}`).test(one.name)).map((one) => one.took);
  return own.sort((a, b) => a - b)[Math.floor(own.length / 2)] ?? Number.NaN;
}
