// Plays mutated templates, packages and archives of KUDO's dialect: nothing may crash, take a second of processor time, need 512 MB, or ask for any file.
//   node scripts/fuzz-kudo.mjs [--count 1000000] [--seed 1] [--only template|package|archive] [--case N]
// Six in ten cases are templates, three packages, one an archive. The same seed plays the same cases; --case plays one again. Exit code 1 when something was found.
import { readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";

const SHARES = { template: 0.6, package: 0.3, archive: 0.1 };
/** Processor time of a case after which it is said to hang, in milliseconds. */
const HANGS_AFTER = 10_000;
/** Findings that are told in full. */
const MOST_SAID = 20;

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    case: { type: "string" },
  },
});
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const work = await mkdtemp(join(tmpdir(), "kplan-fuzz-"));
const bundled = join(work, "worker.mjs");
await build({
  entryPoints: [join(root, "test/kudo/fuzz/fuzz-worker.ts")],
  outfile: bundled,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  logLevel: "error",
  banner: { js: 'import{createRequire as c}from"node:module";const require=c(import.meta.url);' },
  plugins: [
    {
      name: "where-files-lie",
      setup: (building) => building.onLoad({ filter: /\/(test|src)\/.*\.ts$/ }, load),
    },
  ],
});

let bad = 0;
const began = Date.now();
for (const [subject, share] of Object.entries(SHARES)) {
  if (values.only !== undefined && values.only !== subject) continue;
  const part = values.only === undefined ? share : 1;
  const count = values.case === undefined ? Math.round(Number(values.count) * part) : 1;
  const first = values.case === undefined ? Number(values.seed) * 10_000_000 : Number(values.case);
  await play(subject, first, count);
}
// Before anything else is in memory: the peak of this process, the bundler's own included.
const peak = Math.round(process.resourceUsage().maxRSS / 1024);
if (peak > 512) bad += 1;
say(
  `most memory: ${peak} MB; ${((Date.now() - began) / 1000).toFixed(0)} s; ${bad === 0 ? "nothing found" : `${bad} found`}`,
);
rmSync(work, { recursive: true });
process.exitCode = bad === 0 ? 0 : 1;

/** Plays cases of a subject; one that hangs ends its thread, and the next one goes on behind it. */
async function play(subject, first, count) {
  const started = Date.now();
  let done = 0;
  while (done < count) {
    const progress = new SharedArrayBuffer(4);
    const end = await run({ subject, first: first + done, count: count - done, progress });
    if (end.kind === "done") {
      say(
        `${count - done} mutated ${subject}s in ${((Date.now() - started) / 1000).toFixed(0)} s: ${fatesOf(end)}`,
      );
      if (end.slowest.milliseconds > 1000) bad += 1;
      return;
    }
    bad += 1;
    say(`${subject} ${first + done + end.index} ${end.kind}`);
    done += end.index + 1;
  }
}

function fatesOf({ fates, slowest }) {
  const each = Object.entries(fates).map(([fate, times]) => `${times} ${fate}`);
  return `${each.join(", ")}; slowest ${slowest.milliseconds.toFixed(0)} ms of processor time (case ${slowest.seed})`;
}

function run(workerData) {
  const worker = new Worker(bundled, {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: 448 },
  });
  const now = new Int32Array(workerData.progress);
  let last = { index: -1, cpu: 0 };
  return new Promise((resolve) => {
    const finish = (end) => {
      clearInterval(watch);
      worker.terminate().then(() => resolve(end));
    };
    const watch = setInterval(() => {
      const index = Atomics.load(now, 0);
      const { user, system } = process.cpuUsage();
      const cpu = (user + system) / 1000;
      if (index !== last.index) last = { index, cpu };
      else if (cpu - last.cpu > HANGS_AFTER) finish({ kind: "hangs", index });
    }, 500);
    worker.on("error", (error) =>
      finish({ kind: `ended: ${error.message}`, index: Atomics.load(now, 0) }),
    );
    worker.on("message", (message) => {
      if (message.kind === "so far") return say(`so far ${fatesOf(message)}`);
      if (message.kind === "done") return finish(message);
      bad += 1;
      if (bad > MOST_SAID) return;
      say(
        message.kind === "crash"
          ? `${workerData.subject} ${message.seed} crashed: ${message.stack}`
          : `${workerData.subject} ${message.seed} touched ${message.paths.join(", ")}`,
      );
    });
  });
}

/** Fixtures are found beside the file that names them, in a bundle too. */
function load({ path }) {
  const contents = readFileSync(path, "utf8")
    .replaceAll("import.meta.dirname", JSON.stringify(dirname(path)))
    .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href));
  return { contents, loader: "ts" };
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
