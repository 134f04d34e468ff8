import { readFileSync, readlinkSync } from "node:fs";

/** What is known about processes of this machine; tests play it. */
export interface Processes {
  /** When the process `pid` of this machine started, in the unit of `Identity.processStart`; undefined when there is no such process. */
  startOf(pid: number): string | undefined;
}

/** The facts of the machine we run on, from `/proc`; elsewhere nobody is ever declared dead. */
export const localProcesses: Processes = { startOf };

/**
 * What tells the process `pid` of this machine from every other: `bootId` changes with every start of the machine, differs between containers (which do
 * not see each other's processes but may share a host name), and is empty where the system does not tell it (then no process is ever declared dead);
 * `processStart` as `Processes.startOf` gives it.
 */
export function processFacts(pid: number): {
  readonly bootId: string;
  readonly processStart: string;
} {
  return {
    bootId: bootId(),
    processStart: startOf(pid) ?? "",
  };
}

/** The machine's start, and the process namespace in which pids mean something. */
function bootId(): string {
  const boot = readText("/proc/sys/kernel/random/boot_id")?.trim();
  try {
    return boot ? `${boot} ${readlinkSync("/proc/self/ns/pid")}` : "";
  } catch {
    return "";
  }
}

/** Clock ticks from the machine's start to the process's (proc(5), stat field 22). */
function startOf(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === undefined) return alive(pid) ? "unknown" : undefined;
  // The second field is the program's name in parentheses and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const isZombie = fields[0] === "Z" || fields[0] === "X";
  return isZombie ? undefined : fields[19];
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
