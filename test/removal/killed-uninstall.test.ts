import { beforeAll, expect, test } from "vitest";
import type { ActionResult } from "../../src/actions/action-result.ts";
import { install } from "../../src/actions/change/install.ts";
import type { ActionContext } from "../../src/actions/context.ts";
import { resumeRun } from "../../src/actions/control/resume-run.ts";
import { planHistory } from "../../src/actions/instance/plan-history.ts";
import { uninstall } from "../../src/actions/removal/uninstall.ts";
import type { Exchange } from "../../src/cluster/http/exchange.ts";
import type { RunEvent } from "../../src/model/event.ts";
import { KplanError } from "../../src/model/kplan-error.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { contextOf } from "../../src/package-test/context-of.ts";
import { objectsOf } from "../../src/package-test/faults/run-scenario.ts";
import {
  type Driver,
  type Ending,
  startWorld,
  type World,
  type WorldSnapshot,
} from "../../src/package-test/world.ts";
import { deadly } from "../support/deadly.ts";
import { packageFolder } from "../support/package-folder.ts";

// An uninstall that dies before or after any of its writes is finished by the same command, and takes nothing that is not the instance's.

const FILES: Readonly<Record<string, string>> = {
  "operator.yaml": `apiVersion: kplan.dev/v1
name: full
operatorVersion: 0.1.0
tasks:
  - {name: all, kind: Apply, spec: {resources: [account.yaml, role.yaml, secrets.yaml, config.yaml, service.yaml, set.yaml, backup.yaml]}}
  - {name: found, kind: Exec, spec: {pods: "app={{Name}}", command: [found], record: {name: "{{Name}}-founded", lifetime: claims, once: ever}}}
  - {name: moved, kind: Exec, spec: {pods: "app={{Name}}", command: [found], record: {name: "{{Name}}-moved", lifetime: instance, once: ever}}}
  - {name: farewell, kind: Apply, spec: {resources: [farewell.yaml]}}
  - {name: close, kind: Delete, spec: {resources: [service.yaml]}}
plans:
  deploy:
    phases:
      - name: main
        steps:
          - {name: all, tasks: [all, found, moved]}
  cleanup:
    phases:
      - name: main
        steps:
          - {name: farewell, tasks: [farewell]}
          - {name: close, tasks: [close]}
`,
  "params.yaml": `apiVersion: kplan.dev/v1
parameters:
  - {name: PASSWORD, type: secret}
`,
  "templates/account.yaml": `apiVersion: v1
kind: ServiceAccount
metadata: {name: "{{Name}}"}
`,
  "templates/role.yaml": `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "{{Namespace}}-{{Name}}"}
rules: [{apiGroups: [""], resources: [nodes], verbs: [get]}]
`,
  "templates/secrets.yaml": `{{#each (untilStep 0 3 1)}}
---
apiVersion: v1
kind: Secret
metadata: {name: "{{@root.Name}}-key-{{this}}"}
stringData: {key: "{{this}}"}
{{/each}}
`,
  "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{Name}}-config"}
data: {a: b}
`,
  "templates/service.yaml": `apiVersion: v1
kind: Service
metadata: {name: "{{Name}}"}
spec: {clusterIP: None, selector: {app: "{{Name}}"}, ports: [{port: 80}]}
`,
  "templates/set.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: "{{Name}}"}
spec:
  serviceName: "{{Name}}"
  replicas: 2
  selector: {matchLabels: {app: "{{Name}}"}}
  template:
    metadata: {labels: {app: "{{Name}}"}}
    spec: {containers: [{name: db, image: "db:1"}]}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`,
  "templates/backup.yaml": `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: "{{Name}}-backup", labels: {kplan.dev/lifetime: keep}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`,
  "templates/farewell.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{Name}}-farewell"}
`,
  "tests/simulate.yaml": `exec:
  - command: ^found
    answers: [{stdout: '{"n": 1}'}]
`,
};

const GRANT = `apiVersion: kplan.dev/v1
name: grant
operatorVersion: 0.1.0
tasks:
  - {name: role, kind: Apply, spec: {resources: [config.yaml]}}
plans:
  deploy:
    phases:
      - name: main
        steps:
          - {name: role, tasks: [role]}
`;
const NAME = "full-instance";
/** Kinds that the cluster makes by itself. */
const ITS_OWN = ["Endpoints", "EndpointSlice", "PersistentVolume", "ControllerRevision", "Event"];
const EVERY = process.env.KPLAN_EVERY_WRITE !== undefined ? 1 : 7;

let empty: WorldSnapshot;
let installed: WorldSnapshot;

beforeAll(async () => {
  const folder = packageFolder({
    ...FILES,
    "templates/config.yaml": FILES["templates/config.yaml"] ?? "",
  });
  const world = await startWorld({ seed: "uninstall", speed: 1000 });
  empty = await world.snapshot();
  const driver = await world.driver();
  const ctx = contextOf(driver, { command: ["install"] });
  const ending = await world.run(driver, () => install(ctx, { source: folder }));
  expect(ending).toMatchObject({ kind: "done", value: { outcome: { result: "complete" } } });
  driver.end();
  installed = await world.snapshot();
  await world.close();
});

interface Story {
  readonly world: World;
  readonly events: RunEvent[];
  readonly ends: string[];
}

/** Gives the command until it has ended, first to a driver that may die. */
async function removed(
  world: World,
  through: ((inner: Exchange, driver: Driver) => Exchange) | undefined,
  deleteClaims: boolean,
  resumes = false,
): Promise<Story> {
  const events: RunEvent[] = [];
  const ends: string[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    const driver = await world.driver(attempt === 0 && through ? { through } : {});
    const ctx = contextOf(driver, {
      command: ["uninstall"],
      onEvent: (event) => events.push(event),
    });
    const again = attempt > 0 && resumes;
    const ending = await world.run(driver, () =>
      again ? goOn(ctx, deleteClaims) : uninstall(ctx, { instance: NAME, deleteClaims }),
    );
    driver.end();
    ends.push(endText(ending));
    if (ending.kind !== "killed") break;
  }
  await world.pass(60_000);
  return { world, events, ends };
}

/** As `plan resume` does, as long as there is an Instance whose run is an uninstall; else the same command again. */
async function goOn(ctx: ActionContext, deleteClaims: boolean): Promise<ActionResult> {
  const [newest] = await planHistory(ctx, { instance: NAME }).catch(() => []);
  const ref = {
    apiVersion: "kudo.dev/v1beta1",
    kind: "Instance",
    namespace: "default",
    name: NAME,
  };
  const isOpen = newest?.kind === "uninstall" && newest.status !== "COMPLETE";
  return isOpen && (await ctx.cluster.get(ref)) !== undefined
    ? await resumeRun(ctx, { instance: NAME })
    : await uninstall(ctx, { instance: NAME, deleteClaims });
}

function endText(ending: Ending<Awaited<ReturnType<typeof uninstall>>>): string {
  if (ending.kind === "killed") return "killed";
  if (ending.kind === "stuck") return `stuck: ${ending.why}`;
  if (ending.kind === "done") {
    const { value } = ending;
    return value.kind === "ran" ? value.outcome.result : value.kind;
  }
  if (ending.error instanceof KplanError) return ending.error.code;
  throw ending.error;
}

/** `ConfigMap default/full-instance-config` of all that a world holds and a new cluster does not. */
async function leftIn(world: World): Promise<string[]> {
  const fresh = await startWorld({ seed: "uninstall", from: empty });
  const seeded = new Set(objectsOf(fresh).map(nameOf));
  await fresh.close();
  return objectsOf(world)
    .filter((object) => !ITS_OWN.includes(object.kind) && !seeded.has(nameOf(object)))
    .map(nameOf)
    .sort();
}

function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ""}${metadata.name}`;
}

const KEPT = [
  `ConfigMap default/${NAME}-founded`,
  `PersistentVolumeClaim default/${NAME}-backup`,
  `PersistentVolumeClaim default/data-${NAME}-0`,
  `PersistentVolumeClaim default/data-${NAME}-1`,
  `Secret default/${NAME}-secrets`,
];
const DEFINITIONS = ["instances", "operators", "operatorversions"].map(
  (plural) => `CustomResourceDefinition ${plural}.kudo.dev`,
);

test.each([
  ["keeps its claims", false, [...KEPT, ...DEFINITIONS]],
  ["deletes its claims", true, [`PersistentVolumeClaim default/${NAME}-backup`, ...DEFINITIONS]],
])(
  "an uninstall that %s leaves the same wherever it is killed",
  async (_, deleteClaims, wanted) => {
    const counter = { writes: 0 };
    const undisturbed = await startWorld({ seed: "uninstall", from: installed, speed: 1000 });
    const quiet = await removed(undisturbed, deadly(0, "before", counter), deleteClaims);
    expect(quiet.ends).toEqual(["complete"]);
    expect(await leftIn(undisturbed)).toEqual([...wanted].sort());
    await undisturbed.close();
    const writes = counter.writes;
    expect(writes).toBeGreaterThan(20);
    for (let n = 1; n <= writes; n += EVERY)
      for (const when of ["before", "after"] as const) {
        const world = await startWorld({ seed: "uninstall", from: installed, speed: 1000 });
        const resumes = n % 2 === 0;
        const { ends } = await removed(
          world,
          deadly(n, when, { writes: 0 }),
          deleteClaims,
          resumes,
        );
        // After the very last write there is nothing left to find.
        const last = n >= writes && when === "after" ? "no-such-instance" : undefined;
        const place = `killed ${when} write ${n} of ${writes}`;
        expect([place, ends[0]]).toEqual([place, "killed"]);
        expect([place, ends.length, last === undefined || ends[1] === last]).toEqual([
          place,
          2,
          true,
        ]);
        if (last === undefined)
          expect([place, ends[1]]).toEqual([
            place,
            expect.stringMatching(/^(complete|nothing-to-do)$/),
          ]);
        expect([place, await leftIn(world)]).toEqual([place, [...wanted].sort()]);
        await world.close();
      }
  },
);

const CONFIG = {
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace: "default",
  name: `${NAME}-config`,
};
const DAY = 24 * 3_600_000;

/** A world where an instance is installed, for one test. */
async function inWorld(work: (world: World, somebody: Driver) => Promise<void>): Promise<void> {
  const world = await startWorld({ seed: "uninstall", from: installed, speed: 1000 });
  try {
    await work(world, await world.driver());
  } finally {
    await world.close();
  }
}

function warnings(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => (event.type === "warning" ? event.message : []));
}

test.each([7, 17])(
  "what somebody makes anew after write %d stays, and is told where the instance had not removed it yet",
  async (n) => {
    await inWorld(async (world, somebody) => {
      const { cluster } = somebody;
      const first = await world.driver({ through: deadly(n, "after", { writes: 0 }) });
      const give = (driver: Driver, events: RunEvent[]) => {
        const onEvent = (event: RunEvent): number => events.push(event);
        const ctx = contextOf(driver, { command: ["uninstall"], onEvent });
        return world.run(driver, () => uninstall(ctx, { instance: NAME }), DAY);
      };
      expect(await give(first, [])).toEqual({ kind: "killed" });
      const theirs = await world.run(somebody, async () => {
        const wasThere = await cluster.delete(CONFIG);
        const { namespace, name, ...kind } = CONFIG;
        await cluster.create({ ...kind, metadata: { name, namespace }, data: { my: "own" } });
        return wasThere;
      });
      const events: RunEvent[] = [];
      const ending = await give(await world.driver(), events);
      expect([n, endText(ending)]).toEqual([n, "complete"]);
      const left = await world.run(somebody, () => cluster.get(CONFIG));
      expect(left).toMatchObject({ kind: "done", value: { data: { my: "own" } } });
      if (theirs.kind === "done" && theirs.value !== false)
        expect(warnings(events)).toContain(
          `ConfigMap ${CONFIG.name} is left: it is not labelled as ${NAME}'s`,
        );
      expect(await leftIn(world)).toEqual(
        [...KEPT, ...DEFINITIONS, `ConfigMap default/${CONFIG.name}`].sort(),
      );
    });
  },
);

test("two who uninstall at once come to the same end", async () => {
  await inWorld(async (world, first) => {
    const second = await world.driver({ host: "desktop" });
    const give = (driver: Driver) =>
      uninstall(contextOf(driver, { command: ["uninstall"] }), { instance: NAME });
    const both = await world.run(first, async () => {
      let over = false;
      const ends = Promise.allSettled([give(first), give(second)]).finally(() => {
        over = true;
      });
      // Whose act it is must be seen to wait for time while the other one goes on.
      while (!over) await first.clock.sleep(100);
      return await ends;
    });
    expect(both).toMatchObject({
      kind: "done",
      value: [{ value: { outcome: { result: "complete" } } }, { status: "fulfilled" }],
    });
    expect(await leftIn(world)).toEqual([...KEPT, ...DEFINITIONS].sort());
  });
});

test("without the package there is no cleanup plan, and that is said; all else goes", async () => {
  await inWorld(async (world, driver) => {
    const events: RunEvent[] = [];
    const ctx = contextOf(driver, {
      command: ["uninstall"],
      onEvent: (event) => events.push(event),
    });
    const ending = await world.run(driver, async () => {
      const labelSelector = "kplan.dev/role=package";
      const pieces = { apiVersion: "v1", kind: "Secret", namespace: "default", labelSelector };
      for (const { metadata } of (await driver.cluster.list(pieces)).items)
        await driver.cluster.delete({ ...CONFIG, kind: "Secret", name: metadata.name });
      return await uninstall(ctx, { instance: NAME });
    });
    expect(endText(ending)).toBe("complete");
    expect(warnings(events)).toEqual([expect.stringContaining("no cleanup plan is run")]);
    expect(await leftIn(world)).toEqual([...KEPT, ...DEFINITIONS].sort());
  });
});

test("without the definitions of Instances, what the last run names is removed, and the package", async () => {
  await inWorld(async (world, driver) => {
    const ctx = contextOf(driver, { command: ["uninstall"] });
    await world.run(driver, async () => {
      for (const definition of DEFINITIONS)
        await driver.cluster.delete({
          apiVersion: "apiextensions.k8s.io/v1",
          kind: "CustomResourceDefinition",
          name: definition.slice(definition.indexOf(" ") + 1),
        });
    });
    await world.pass(60_000);
    const later = await world.driver();
    const ending = await world.run(later, () =>
      uninstall({ ...ctx, ...contextOf(later, { command: [] }) }, { instance: NAME }),
    );
    expect(endText(ending)).toBe("nothing-to-do");
    expect(await leftIn(world)).toEqual([...KEPT].sort());
  });
});

test("an object that somebody's finalizer holds ends it after a while, by name, and it goes on when that is gone", async () => {
  await inWorld(async (world, driver) => {
    const { cluster } = driver;
    const ctx = contextOf(driver, { command: ["uninstall"], limits: { noActivity: 60_000 } });
    const ending = await world.run(driver, async () => {
      await cluster.patch(CONFIG, { metadata: { finalizers: ["example.com/hold"] } });
      return await uninstall(ctx, { instance: NAME });
    });
    expect(ending).toMatchObject({
      kind: "done",
      value: {
        outcome: {
          result: "timed-out",
          message: `no progress for 1 min, waiting for ConfigMap ${CONFIG.name} to be gone, held by example.com/hold`,
          hint: expect.stringContaining(`kubectl patch configmap ${CONFIG.name} -n default`),
        },
      },
    });
    const again = await world.run(driver, async () => {
      await cluster.patch(CONFIG, { metadata: { finalizers: null } });
      return await uninstall(ctx, { instance: NAME });
    });
    expect(endText(again)).toBe("complete");
    expect(await leftIn(world)).toEqual([...KEPT, ...DEFINITIONS].sort());
  });
});

const CLUSTER_ROLE = "rbac.authorization.k8s.io/v1";

test("in a namespace that is being deleted, what stands outside of it is removed", async () => {
  await inWorld(async (world, driver) => {
    const { cluster } = driver;
    const home = { apiVersion: "v1", kind: "Namespace", name: "default" };
    const ending = await world.run(driver, async () => {
      // What the instance has made is known as long as its last run is there.
      const run = { ...CONFIG, name: `${NAME}-run-1` };
      await cluster.patch(run, { metadata: { finalizers: ["example.com/hold"] } });
      const ref = {
        apiVersion: "kudo.dev/v1beta1",
        kind: "Instance",
        namespace: "default",
        name: NAME,
      };
      await cluster.patch(ref, { metadata: { finalizers: ["kudo.dev.instance.cleanup"] } });
      await cluster.delete(home);
      return await uninstall(contextOf(driver, { command: ["uninstall"] }), { instance: NAME });
    });
    expect(endText(ending)).toBe("nothing-to-do");
    const left = await leftIn(world);
    expect(left.filter((one) => /ClusterRole|Instance/.test(one))).toEqual([]);
  });
});

test("what stands in no namespace is another's, though its instance has the same name", async () => {
  const folder = packageFolder({
    "operator.yaml": GRANT,
    "params.yaml": "apiVersion: kplan.dev/v1\nparameters: []\n",
    "templates/config.yaml": `apiVersion: ${CLUSTER_ROLE}
kind: ClusterRole
metadata: {name: "{{Name}}-nodes"}
rules: []
`,
  });
  const world = await startWorld({ seed: "uninstall", from: empty, speed: 1000 });
  const driver = await world.driver();
  const events: RunEvent[] = [];
  const onEvent = (event: RunEvent): number => events.push(event);
  const give = (namespace: string, forceConflicts: boolean) => {
    const ctx = contextOf(driver, { command: [], namespace, forceConflicts, onEvent });
    return world.run(driver, () => install(ctx, { source: folder, createNamespace: true }));
  };
  const role = { apiVersion: CLUSTER_ROLE, kind: "ClusterRole", name: "grant-instance-nodes" };
  const remove = (namespace: string) => {
    const ctx = contextOf(driver, { command: [], namespace, onEvent });
    return world.run(driver, () => uninstall(ctx, {}));
  };
  expect(await give("one", false)).toMatchObject({ value: { outcome: { result: "complete" } } });
  const refused = await give("two", false);
  expect(refused).toMatchObject({
    error: {
      code: "would-fail",
      issues: [
        { message: expect.stringContaining("belongs to instance grant-instance in namespace one") },
      ],
    },
  });
  expect(await give("two", true)).toMatchObject({ value: { outcome: { result: "complete" } } });
  events.length = 0;
  expect(endText(await remove("one"))).toBe("complete");
  expect(warnings(events)).toContain(
    "ClusterRole grant-instance-nodes is left: it is grant-instance in namespace two's",
  );
  const still = await world.run(driver, () => driver.cluster.get(role));
  expect(still).toMatchObject({ kind: "done", value: { kind: "ClusterRole" } });
  expect(endText(await remove("two"))).toBe("complete");
  expect(await world.run(driver, () => driver.cluster.get(role))).toEqual({ kind: "done" });
  await world.close();
});

test("nothing installed is bad input, and says so", async () => {
  const world = await startWorld({ seed: "uninstall", from: empty });
  const driver = await world.driver();
  const ctx = contextOf(driver, { command: ["uninstall"] });
  const ending = await world.run(driver, () => uninstall(ctx, { instance: NAME }));
  expect(ending).toMatchObject({
    kind: "threw",
    error: { code: "no-such-instance", kind: "bad-input" },
  });
  await world.close();
});

test("who writes the OperatorVersion while it is being removed does not end the uninstall", async () => {
  const world = await startWorld({ seed: "uninstall", from: installed, speed: 1000 });
  let conflicts = 0;
  const contended = (inner: Exchange): Exchange => ({
    ...inner,
    exchange: async (request) => {
      const isLast = request.method === "DELETE" && /operatorversions/.test(request.url.pathname);
      if (!isLast || conflicts === 3) return await inner.exchange(request);
      conflicts += 1;
      const status = { kind: "Status", apiVersion: "v1", status: "Failure", metadata: {} };
      const body = JSON.stringify({
        ...status,
        code: 409,
        reason: "Conflict",
        message: "modified",
      });
      return { status: 409, headers: { "content-type": "application/json" }, body };
    },
  });
  const { ends } = await removed(world, contended, true);
  expect([conflicts, ends]).toEqual([3, ["complete"]]);
  expect(await leftIn(world)).not.toContainEqual(expect.stringMatching(/^Operator/));
  await world.close();
});
