import { beforeAll, expect, test } from "vitest";
import { install } from "../../src/actions/install.ts";
import { uninstall } from "../../src/actions/uninstall.ts";
import type { Exchange } from "../../src/cluster/exchange.ts";
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

const NAME = "full-instance";
/** Kinds that the cluster makes by itself. */
const ITS_OWN = ["Endpoints", "EndpointSlice", "PersistentVolume", "ControllerRevision", "Event"];
const EVERY = process.env.KPLAN_EVERY_WRITE !== undefined ? 1 : 5;

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

/** An exchange that kills its driver before or after its n-th write, and does something then. */
function deadly(
  n: number,
  when: "before" | "after",
  counter: { writes: number },
  then: () => void = () => undefined,
): (inner: Exchange, driver: Driver) => Exchange {
  return (inner, driver) => ({
    ...inner,
    exchange: async (request) => {
      const isWrite =
        request.method !== "GET" && !/dryRun|reviews/.test(request.url.href + (request.body ?? ""));
      if (!isWrite) return await inner.exchange(request);
      counter.writes++;
      if (counter.writes !== n) return await inner.exchange(request);
      if (when === "after") await inner.exchange(request);
      then();
      driver.kill();
      return await new Promise(() => undefined);
    },
  });
}

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
): Promise<Story> {
  const events: RunEvent[] = [];
  const ends: string[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    const driver = await world.driver(attempt === 0 && through ? { through } : {});
    const ctx = contextOf(driver, {
      command: ["uninstall"],
      onEvent: (event) => events.push(event),
    });
    const ending = await world.run(driver, () => uninstall(ctx, { instance: NAME, deleteClaims }));
    driver.end();
    ends.push(endText(ending));
    if (ending.kind !== "killed") break;
  }
  await world.pass(60_000);
  return { world, events, ends };
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
        const { ends } = await removed(world, deadly(n, when, { writes: 0 }), deleteClaims);
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
