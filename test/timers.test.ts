import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

// A test of a package plays a cluster and its drivers on a time of its own: whoever waits there, or asks what time it is, does so by the clock he was given.

const src = join(import.meta.dirname, "../src");
const FOLDERS = ["cluster", "embedded", "store", "engine", "actions", "package-test"];
const RAW =
  /\b(setTimeout|setInterval|Date\.now|performance\.now|AbortSignal\.timeout|timers\/promises|Math\.random|randomUUID|randomInt|hrtime)\b|new Date\(\)/;

/** Files that have to do with the real network, other processes and the disk alone; no world of a test uses them. */
const REAL = new Set([
  "cluster/http/http-exchange.ts",
  "cluster/connect/socks5.ts",
  "cluster/connect/proxy-tunnel.ts",
  "cluster/kube.ts",
  "cluster/http/transport.ts",
  "embedded/daemon/certificate.ts",
  "embedded/objects/stored-identity.ts",
  "embedded/daemon/file-lock.ts",
  "embedded/daemon/daemon.ts",
  "embedded/main.ts",
]);

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(src, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    // What fault tests take is told in real time.
    .filter((file) => !/^(testing|faults)\//.test(file))
    .map((file) => `${folder}/${file}`),
);

test("nobody but those who touch the real world waits by the machine's clock", () => {
  const raw = files.filter((file) => !REAL.has(file) && RAW.test(codeOf(file)));
  expect(raw).toEqual([]);
});

test("the exceptions are still needed", () => {
  expect([...REAL].filter((file) => !RAW.test(codeOf(file)))).toEqual([]);
});

/** Text of a file without its comments. */
function codeOf(file: string): string {
  return readFileSync(join(src, file), "utf8").replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, "");
}
