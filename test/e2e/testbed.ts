import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { startProgram } from "./run-program.ts";
import { until } from "./until.ts";

/** Where the testbed keeps its nodes' processes: a Kubernetes whose nodes are network namespaces of this machine. */
export const TESTBED_RUN: string = join(
  process.env.KPLAN_TESTBED_CACHE ?? join(homedir(), ".cache/kplan-testbed"),
  "run",
);
/** The program that starts what is not running of it. */
const UP = process.env.KPLAN_TESTBED_UP ?? join(import.meta.dirname, "../../../shared/testbed/up");
const IMAGES = "docker.io/library";

/** Numbers of the testbed's nodes, which are named node0 and on; none on another cluster. */
export function testbedNodes(): readonly number[] {
  try {
    const names = readdirSync(TESTBED_RUN).map((name) => /^node(\d+)$/.exec(name)?.[1]);
    return names.filter((number) => number !== undefined).map(Number);
  } catch {
    return [];
  }
}

/** Gives an image a second tag on every node. */
export async function tagImage(from: string, to: string): Promise<void> {
  for (const node of testbedNodes()) {
    const ctr = [
      "-a",
      join(TESTBED_RUN, `node${node}/containerd.sock`),
      "-n",
      "k8s.io",
      "images",
      "tag",
    ];
    await run("ctr", [...ctr, "--force", `${IMAGES}/${from}`, `${IMAGES}/${to}`]);
  }
}

/** SIGKILLs the processes named so of a node's pods: `mariadbd`. Gives how many there were. Only those in cgroups of that pod, when one is named by its UID. */
export function killInPods(program: string, podUid: string): number {
  let killed = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/comm`, "utf8").trim() !== program) continue;
      if (!readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(podUid)) continue;
      process.kill(Number(pid), "SIGKILL");
      killed += 1;
    } catch {
      // It has ended.
    }
  }
  return killed;
}

/** Loses a node: its kubelet, its container runtime and all processes of its pods end at once. `bringBack` makes it whole. */
export async function loseNode(node: number): Promise<void> {
  const own = [`kubelet${node}`, `containerd${node}`].map((name) =>
    readFileSync(join(TESTBED_RUN, "pids", name), "utf8").trim(),
  );
  for (const pid of own) process.kill(Number(pid), "SIGKILL");
  // What its pods run is in cgroups of its own.
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
    try {
      if (readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(`/testbed${node}/`))
        process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended.
    }
  // What is about to end would be taken for running by whoever starts what is not.
  await until("its processes have ended", async () => (own.some(isAlive) ? undefined : true), {
    within: 60_000,
  });
}

function isAlive(pid: string): boolean {
  return existsSync(`/proc/${pid}`);
}

/** Takes a node off the network. */
export async function cutNode(node: number): Promise<void> {
  await run("ip", ["-n", `kp${node}`, "link", "set", "eth0", "down"]);
}

/** Starts what is not running of the testbed, and mends its network. */
export async function bringBack(): Promise<void> {
  await run(UP, [String(testbedNodes().length)]);
}

async function run(command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await startProgram(command, args).ended;
  if (code !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr.trim()}`);
  return stdout;
}
