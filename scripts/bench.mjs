// Measures kplan against a named peer in the same run, as ratios, and counts the API requests of both.
// Needs a cluster (KUBECONFIG) and kubectl; works in a namespace of its own and deletes it. Prints a table; judges nothing.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const kplan = join(root, "dist/bin/kplan.js");
const namespace = `kplan-bench-${process.pid}`;
const work = mkdtempSync(join(tmpdir(), "kplan-bench-"));
const OBJECTS = 30;
const PAIRS = Number(process.env.BENCH_PAIRS ?? 9);

if (!process.env.KUBECONFIG) {
  process.stderr.write("bench: set KUBECONFIG to a cluster; it works in a namespace of its own\n");
  process.exit(2);
}

process.stdout.write(
  `node ${process.version}, ${PAIRS} alternating pairs each (three times as many of start-up): medians, the median of the pairs' ratios, and the ratio of the shortest times\n\n`,
);
kubectl(["create", "namespace", namespace]);
try {
  const widths = [56, 10, 10, 8, 10, 7, 16];
  const line = (cells) => `${cells.map((cell, i) => String(cell).padEnd(widths[i])).join("")}\n`;
  process.stdout.write(
    line(["what", "kplan", "peer", "ratio", "shortest", "goal", "API requests"]),
  );
  for (const measure of [version, status, serial, oneStep]) process.stdout.write(line(measure()));
  const { intents, writes } = reaction();
  process.stdout.write(`
from the watch event that made an object ready, of ${writes.length} steps (goal: p99 under 50 ms)
  to the write that announces the next step's task   ${spread(intents)}
  to the next step's first object, announced by then ${spread(writes)}
`);
} finally {
  kubectl(["delete", "namespace", namespace, "--wait=false"]);
  rmSync(work, { recursive: true, force: true });
}

/** Start-up alone. */
function version() {
  return row("kplan version / node -e 0", 1.4, {
    ours: () => run(process.execPath, [kplan, "version"]),
    peer: () => run(process.execPath, ["-e", "0"]),
    pairs: 3 * PAIRS,
  });
}

/** One look at an instance. */
function status() {
  const folder = packageOf("bench-status", 1, 1);
  run(process.execPath, [kplan, "install", folder, "-n", namespace]);
  const ours = [kplan, "plan", "status", "-n", namespace];
  const peer = ["get", "instances.kudo.dev", "-n", namespace];
  // kubectl keeps what discovery told it: the first call would count that too.
  kubectl(peer);
  const result = row(
    "plan status / kubectl get instances",
    2.5,
    { ours: () => run(process.execPath, ours), peer: () => kubectl(peer) },
    [oursRequests(ours), peerRequests(peer)],
  );
  run(process.execPath, [kplan, "uninstall", "-n", namespace, "--delete-claims"]);
  return result;
}

/** Many steps, one object each, against one kubectl call for each object. */
function serial() {
  const folder = packageOf("bench-serial", OBJECTS, 1);
  const files = manifests("serial", OBJECTS);
  return installRow(
    `${OBJECTS} serial steps / ${OBJECTS} kubectl apply --server-side`,
    0.2,
    folder,
    () => {
      for (const file of files) kubectl(applyArgs(file));
    },
    () => files.reduce((sum, file) => sum + peerRequests(applyArgs(file)), 0),
  );
}

/** One step, many objects, against one kubectl call for the folder. */
function oneStep() {
  const folder = packageOf("bench-step", 1, OBJECTS);
  manifests("folder", OBJECTS);
  const args = applyArgs(join(work, "folder"));
  return installRow(
    `a step of ${OBJECTS} / kubectl apply --server-side, the folder`,
    2,
    folder,
    () => kubectl(args),
    () => peerRequests(args),
  );
}

function installRow(name, goal, folder, peer, countPeer) {
  const install = [kplan, "install", folder, "-n", namespace];
  const clean = () => {
    run(process.execPath, [kplan, "uninstall", "-n", namespace, "--delete-claims"]);
    kubectl(["delete", "configmap", "-n", namespace, "-l", "bench=peer", "--wait=true"]);
  };
  const pairs = { ours: () => run(process.execPath, install), peer, clean };
  const requests = [oursRequests(install), countPeer()];
  clean();
  return row(name, goal, pairs, requests);
}

/** Medians of alternating runs and the median of the pairs' ratios. */
function row(name, goal, { ours, peer, clean, pairs = PAIRS }, requests) {
  const times = { ours: [], peer: [], ratio: [] };
  ours();
  peer();
  clean?.();
  for (let pair = 0; pair < pairs; pair++) {
    const a = timed(ours);
    const b = timed(peer);
    clean?.();
    times.ours.push(a);
    times.peer.push(b);
    times.ratio.push(a / b);
  }
  const ratio = quantile(times.ratio, 0.5);
  return [
    name,
    `${quantile(times.ours, 0.5).toFixed(0)} ms`,
    `${quantile(times.peer, 0.5).toFixed(0)} ms`,
    ratio.toFixed(2),
    (Math.min(...times.ours) / Math.min(...times.peer)).toFixed(2),
    goal,
    requests ? `${requests[0]} against ${requests[1]}` : "",
  ];
}

/** Serial steps of one claim each: the claim is bound by a controller, which the watch tells. */
function reaction() {
  const count = 100;
  const folder = packageOf("bench-reaction", count, 1, claim);
  const { stderr } = run(process.execPath, [kplan, "install", folder, "-n", namespace, "-v", "-v"]);
  const intents = [];
  const writes = [];
  let bound;
  let announced;
  for (const line of stderr.split("\n")) {
    const [, at, what] = /^\+(\d+\.\d+)ms (.*)$/.exec(line) ?? [];
    if (at === undefined) continue;
    if (/^WATCH MODIFIED PersistentVolumeClaim/.test(what)) {
      bound = Number(at);
      announced = undefined;
    }
    if (bound === undefined || what.includes("dryRun")) continue;
    if (/^PUT \S*\/configmaps\/\S+-run-/.test(what)) announced ??= Number(at);
    if (/^(POST|PATCH) \S*\/persistentvolumeclaims/.test(what)) {
      writes.push(Number(at) - bound);
      if (announced !== undefined) intents.push(announced - bound);
      bound = undefined;
    }
  }
  run(process.execPath, [kplan, "uninstall", "-n", namespace, "--delete-claims"]);
  return { intents, writes };
}

function spread(values) {
  return `median ${quantile(values, 0.5).toFixed(1)} ms, p99 ${quantile(values, 0.99).toFixed(1)} ms`;
}

/** A package of `steps` serial steps with `objects` objects each. */
function packageOf(name, steps, objects, object = configMap) {
  const folder = join(work, name);
  mkdirSync(join(folder, "templates"), { recursive: true });
  const tasks = [];
  for (let step = 0; step < steps; step++) {
    const texts = Array.from({ length: objects }, (_, i) => object(`${name}-${step}-${i}`));
    writeFileSync(join(folder, "templates", `step-${step}.yaml`), texts.join("---\n"));
    tasks.push(step);
  }
  writeFileSync(
    join(folder, "operator.yaml"),
    `apiVersion: kplan.dev/v1
name: ${name}
operatorVersion: 0.1.0
tasks:
${tasks.map((step) => `  - {name: task-${step}, kind: Apply, spec: {resources: [step-${step}.yaml]}}`).join("\n")}
plans:
  deploy:
    phases:
      - name: main
        steps:
${tasks.map((step) => `          - {name: step-${step}, tasks: [task-${step}]}`).join("\n")}
`,
  );
  writeFileSync(join(folder, "params.yaml"), "apiVersion: kplan.dev/v1\nparameters: []\n");
  return folder;
}

function configMap(name) {
  return `apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}}
data: {key: value of ${name}}
`;
}

function claim(name) {
  return `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: ${name}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
`;
}

/** The same ConfigMaps for kubectl, one file each. */
function manifests(folder, count) {
  mkdirSync(join(work, folder));
  return Array.from({ length: count }, (_, i) => {
    const file = join(work, folder, `${i}.yaml`);
    writeFileSync(
      file,
      configMap(`${folder}-${i}`).replace("metadata: {", "metadata: {labels: {bench: peer}, "),
    );
    return file;
  });
}

function applyArgs(path) {
  return ["apply", "--server-side", "-n", namespace, "-f", path];
}

function oursRequests(args) {
  return (
    run(process.execPath, [...args, "-v"]).stderr.match(/^\+\S+ (GET|POST|PUT|PATCH|DELETE) /gm) ??
    []
  ).length;
}

function peerRequests(args) {
  const { stderr } = spawnSync("kubectl", [...args, "-v=6"], { encoding: "utf8" });
  return (stderr.match(/(GET|POST|PUT|PATCH|DELETE) https:\/\/\S+ \d{3}/g) ?? []).length;
}

function kubectl(args) {
  return execFileSync("kubectl", args, { stdio: ["ignore", "pipe", "pipe"] });
}

function run(program, args) {
  const result = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 28 });
  if (result.status !== 0)
    throw new Error(`${args.join(" ")}: exit ${result.status}\n${result.stdout}${result.stderr}`);
  return result;
}

function timed(act) {
  const from = performance.now();
  act();
  return performance.now() - from;
}

function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * q) - 1)] ?? Number.NaN;
}
