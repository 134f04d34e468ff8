import { spawn } from "node:child_process";
import { openSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { kubectl } from "../kubectl.ts";
import { bringBack, TESTBED_RUN } from "../testbed.ts";
import { until } from "../until.ts";

const PID = join(TESTBED_RUN, "pids/apiserver");
const LOG = join(TESTBED_RUN, "log/apiserver.log");

/** Ends the testbed's kube-apiserver by a signal, and starts it again after a time (in milliseconds) just as it was: same arguments, environment, folder and network. What ended with it is started too. */
export async function apiServerOut(ms: number, signal: NodeJS.Signals): Promise<void> {
  const pid = Number(readFileSync(PID, "utf8"));
  const [command = "", ...args] = parts(`/proc/${pid}/cmdline`);
  if (!command.endsWith("kube-apiserver")) throw new Error(`process ${pid} is no kube-apiserver`);
  const env = Object.fromEntries(
    parts(`/proc/${pid}/environ`).map((entry) => {
      const at = entry.indexOf("=");
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
  const cwd = readlinkSync(`/proc/${pid}/cwd`);
  const begin = performance.now();
  process.kill(pid, signal);
  await until("kube-apiserver has ended", async () => (isAlive(pid) ? undefined : true), {
    ...{ within: 60_000, every: 50 },
  });
  await sleep(Math.max(0, ms - (performance.now() - begin)));
  const log = openSync(LOG, "a");
  // A program started from here would run at this suite's priority.
  const child = spawn(
    "chrt",
    ["--other", "0", "nsenter", "--net=/run/netns/kp0", command, ...args],
    { cwd, env, detached: true, stdio: ["ignore", log, log] },
  );
  child.unref();
  writeFileSync(PID, `${child.pid}\n`);
  await until(
    "kube-apiserver is ready",
    async () => ((await kubectl("default", ["get", "--raw=/readyz"])) === "ok" ? true : undefined),
    { within: 120_000, every: 250 },
  );
  // The testbed's DNS ends with the server that it asks.
  await bringBack();
}

function parts(path: string): string[] {
  return readFileSync(path, "utf8")
    .split("\0")
    .filter((part) => part !== "");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A child that nobody waited for is as good as gone.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
