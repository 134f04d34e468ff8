import { join } from "node:path";
import { type Ended, type Running, startProgram } from "./run-program.ts";

const root = join(import.meta.dirname, "../..");
/** The built program; `npm run build` makes it. */
const PROGRAM = process.env.KPLAN_PROGRAM ?? join(root, "dist/bin/kplan.js");

/** The Galera package: this repository's, unless another is named. */
export const GALERA: string = process.env.KPLAN_GALERA ?? join(root, "operators/galera");

const said: { readonly namespace: string; readonly text: string }[] = [];

/** Starts kplan in a namespace of the cluster that KUBECONFIG names. */
export function startKplan(namespace: string, args: readonly string[]): Running {
  const running = startProgram(process.execPath, [PROGRAM, "-n", namespace, ...args]);
  running.ended.then(
    ({ stdout, stderr }) => said.push({ namespace, text: stdout + stderr }),
    () => {},
  );
  return running;
}

/** All that kplan has printed about a namespace so far. */
export function everythingSaid(namespace: string): string {
  return said
    .filter((one) => one.namespace === namespace)
    .map(({ text }) => text)
    .join("\n");
}

/** Runs kplan to its end. */
export function kplan(namespace: string, ...args: readonly string[]): Promise<Ended> {
  return startKplan(namespace, args).ended;
}

/** Runs kplan and expects it to succeed; throws with its last words when it does not. Gives what it printed. */
export async function succeed(namespace: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await kplan(namespace, ...args);
  if (code === 0) return stdout;
  throw new Error(`kplan ${args.join(" ")}: exit ${code}\n${tail(stdout)}\n${tail(stderr)}`);
}

function tail(text: string): string {
  return text.split("\n").slice(-25).join("\n");
}
