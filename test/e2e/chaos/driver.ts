import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import type { KubeConfig } from "../../support/connection-of.ts";
import { startKplan } from "../kplan.ts";
import type { Ended } from "../run-program.ts";

/** A kplan that runs, as a user of its own, by which the audit log tells it from all others. */
export interface Driver {
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly ended: Promise<Ended>;
  readonly hasEnded: () => boolean;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Resolves when it begins its n-th write, as it says itself; never when it ends before. */
  readonly writes: (n: number) => Promise<void>;
}

const PREFIX = "kplan-driver-";
const folder = mkdtempSync(join(tmpdir(), "kplan-drivers-"));
let count = 0;

/** Whether a user is one of the drivers. */
export function isDriver(user: string): boolean {
  return user.startsWith(PREFIX);
}

/** Starts a driver in a namespace of the cluster that KUBECONFIG names. */
export function startDriver(namespace: string, args: readonly string[]): Driver {
  count += 1;
  const user = `${PREFIX}${count}`;
  const path = join(folder, `${user}.yaml`);
  writeFileSync(path, kubeconfigAs(user), { mode: 0o600 });
  const { process: child, ended } = startKplan(namespace, ["--kubeconfig", path, "-v", ...args]);
  const waiting: { readonly n: number; readonly begun: () => void }[] = [];
  let writes = 0;
  let over = false;
  child.stderr?.on("data", (text: string) => {
    for (const line of text.split("\n")) {
      if (!isWrite(line)) continue;
      writes += 1;
      for (const { n, begun } of waiting) if (n === writes) begun();
    }
  });
  void ended.finally(() => {
    over = true;
  });
  return {
    ...{ user, ended, started: Date.now() },
    hasEnded: () => over,
    signal: (name) => void child.kill(name),
    writes: (n) => new Promise((begun) => void waiting.push({ n, begun })),
  };
}

/** Whether a line of what `-v` prints is a request that changes something. */
function isWrite(line: string): boolean {
  return / (POST|PUT|PATCH|DELETE) \//.test(line) && !/dryRun=All|accessreviews/.test(line);
}

/** The kubeconfig of the suite, for somebody else with the same rights: whoever may impersonate may do so on any cluster. */
function kubeconfigAs(user: string): string {
  const config = load(readFileSync(process.env.KUBECONFIG ?? "", "utf8")) as KubeConfig;
  const acting = { as: user, "as-groups": ["system:masters"] };
  const users = config.users.map((one) => ({ ...one, user: { ...one.user, ...acting } }));
  // JSON is YAML.
  return JSON.stringify({ ...config, users });
}
