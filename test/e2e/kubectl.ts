import { setTimeout as sleep } from "node:timers/promises";
import { startProgram } from "./run-program.ts";

/** An API server that is not there for a moment is no finding of these tests: the call is made again, for as long as this, in milliseconds. */
const UNREACHABLE_FOR = 5 * 60_000;
const UNREACHABLE =
  /was refused|TLS handshake timeout|connection lost|unexpected EOF|i\/o timeout|connection reset/;

/** Runs kubectl in a namespace and gives what it printed. Throws when it fails, with what it said. */
export async function kubectl(
  namespace: string,
  args: readonly string[],
  stdin?: string,
): Promise<string> {
  const end = performance.now() + UNREACHABLE_FOR;
  for (;;) {
    const { code, stdout, stderr } = await startProgram(
      "kubectl",
      ["-n", namespace, ...args],
      stdin,
    ).ended;
    if (code === 0) return stdout;
    if (!UNREACHABLE.test(stderr) || performance.now() > end)
      throw new Error(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
    await sleep(1000);
  }
}

/** Objects of a kind (`pods`), narrowed by a label selector, or the ones named. */
export async function objects(
  namespace: string,
  kind: string,
  selector?: string,
): Promise<readonly Found[]> {
  const narrowed = selector ? ["-l", selector] : [];
  const { items } = JSON.parse(await kubectl(namespace, ["get", kind, ...narrowed, "-o", "json"]));
  return items;
}

/** An object or undefined. */
export async function object(
  namespace: string,
  kind: string,
  name: string,
): Promise<Found | undefined> {
  const text = await kubectl(namespace, ["get", kind, name, "--ignore-not-found", "-o", "json"]);
  return text === "" ? undefined : JSON.parse(text);
}

/** What these tests read of an object. */
export interface Found {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  /** Of a Secret. */
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly status?: {
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly ready: boolean;
      readonly restartCount: number;
      readonly state?: { readonly running?: { readonly startedAt?: string } };
    }[];
    readonly initContainerStatuses?: readonly { readonly restartCount: number }[];
    readonly readyReplicas?: number;
  };
}
