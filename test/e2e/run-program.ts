import { type ChildProcess, spawn } from "node:child_process";

/** How a program ended and what it said. */
export interface Ended {
  /** Null when it was killed by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs. */
export interface Running {
  readonly process: ChildProcess;
  /** Never rejects for an exit code. */
  readonly ended: Promise<Ended>;
}

/** Starts a program; `stdin` is written to it and closed. */
export function startProgram(command: string, args: readonly string[], stdin = ""): Running {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  // A program may end before it has read everything.
  child.stdin.on("error", () => {}).end(stdin);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject).on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { process: child, ended };
}
