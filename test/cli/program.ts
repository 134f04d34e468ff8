import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CliResult } from "../support/cli.ts";

const root = join(import.meta.dirname, "../..");

/** The program, bundled from the sources as they are into a folder of its own. */
export async function bundledProgram(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "kplan-program-"));
  // Bundled modules look for the schemas and for packages they do not bundle beside them.
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  await promisify(execFile)("node", ["scripts/bundle.mjs", join(folder, "bin")], { cwd: root });
  return join(folder, "bin/kplan.js");
}

/** A command that runs as a process of its own. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves when it has said something that the pattern finds, on either stream; rejects with all it said when it ends before. */
  readonly says: (pattern: RegExp) => Promise<void>;
  /** Code -1 for one that was killed. */
  readonly ended: Promise<CliResult>;
}

const started = new Set<ChildProcess>();

/** Ends what was started and still runs. */
export function killStarted(): void {
  for (const child of started) child.kill("SIGKILL");
}

/** Starts a command line of the program in a world of its own. */
export function start(
  program: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Running {
  const child = spawn(process.execPath, [program, ...argv], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.add(child);
  child.on("close", () => started.delete(child));
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    child.emit("said");
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    child.emit("said");
  });
  const ended = new Promise<CliResult>((resolve) =>
    child.on("close", (code) => resolve({ code: code ?? -1, stdout, stderr })),
  );
  const says = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(stdout + stderr)) resolve();
      };
      look();
      child.on("said", look);
      child.on("close", () => reject(new Error(`it ended: ${stdout}${stderr}`)));
    });
  return { child, says, ended };
}
