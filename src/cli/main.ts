import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Identity } from "../actions/context.ts";
import type { Connection } from "../cluster/connect/connect-options.ts";
import type { Exchange } from "../cluster/http/exchange.ts";
import { realClock } from "../model/real-clock.ts";
import type { CliDeps, ClusterFlags, EmbeddedControl, Session } from "./deps.ts";
import { EXIT } from "./exit-code.ts";
import { runCli } from "./run-cli.ts";
import type { Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

/** The process around the command line. */
export interface World {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  readonly home: string;
  /** Path the program was started by: `kubectl-kplan` makes it speak as a plugin, `kubectl-kudo` as KUDO's. */
  readonly calledAs: string;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** How requests leave; over the network when absent. */
  readonly exchange?: Exchange;
}

/** Runs one command line in a world and gives its exit code. The only file here that opens real clusters. */
export async function main(argv: readonly string[], world: World): Promise<number> {
  const form = formOf(world.calledAs);
  const run =
    form === "kubectl kudo" ? (await import("./kudo/run-kudo-cli.ts")).runKudoCli : runCli;
  return run(argv, {
    terminal: world.terminal,
    env: world.env,
    home: world.home,
    clock: realClock,
    version: VERSION,
    argv,
    programName: form,
    readFile: (path) => readFile(path, "utf8"),
    readStdin: () => readAll(world.stdin),
    ask: (questions) => askAll(questions, world),
    connect: (flags) => openCluster(flags, world),
    embedded: embeddedControl(world),
    identity,
    giveInTests: async () => (await import("./give-in-world.ts")).giveInWorld,
    onInterrupt,
  } satisfies CliDeps);
}

/** As what the program was called. */
function formOf(calledAs: string): "kplan" | "kubectl kplan" | "kubectl kudo" {
  const name = basename(calledAs).replace(/\.(js|exe)$/, "");
  if (name === "kubectl-kudo") return "kubectl kudo";
  return name.startsWith("kubectl") ? "kubectl kplan" : "kplan";
}

/** Opens the cluster that flags and environment point at; where none is configured, the embedded one, which it says on stderr. */
async function openCluster(flags: ClusterFlags, world: World): Promise<Session> {
  const { connect } = await import("../cluster/kube.ts");
  const { findTarget } = await import("../cluster/connect/target.ts");
  const { requestTimeout, verbosity, embedded, asGroup, ...rest } = flags;
  const target = embedded ? undefined : findTarget({ ...flags, env: world.env, home: world.home });
  const options = {
    ...rest,
    env: world.env,
    version: VERSION,
    ...(world.exchange && { exchange: world.exchange }),
    ...(asGroup && { asGroups: asGroup }),
    ...(requestTimeout !== undefined && { requestTimeoutMs: requestTimeout }),
    ...(verbosity > 0 && { onTrace: traceTo(world.terminal, verbosity) }),
    onWarning: (text: string) => world.terminal.err(`warning: ${text}\n`),
  };
  if (target && target.kind !== "none") return sessionOf(await connect(options));
  const { kubeconfig } = await embeddedControl(world).start();
  if (!embedded)
    world.terminal.err(
      "no cluster is configured: using the embedded one, whose pods are simulated (kplan embedded --help)\n",
    );
  return sessionOf(await connect({ ...options, kubeconfig, simulated: true }));
}

/** `-v`: a line on stderr for each request with the milliseconds since the start; `-v -v`: also for what watches tell. */
function traceTo(terminal: Terminal, verbosity: number): (text: string) => void {
  return (text) => {
    if (verbosity > 1 || !text.startsWith("WATCH "))
      terminal.err(`+${performance.now().toFixed(1)}ms ${text}\n`);
  };
}

function sessionOf(connection: Connection): Session {
  const { cluster, namespace, user } = connection;
  return { cluster, namespace, ...(user !== undefined && { user }) };
}

/** The embedded cluster of this user: one process for each data folder. */
function embeddedControl(world: World): EmbeddedControl {
  const { env, home } = world;
  const share = env.XDG_DATA_HOME || join(home, ".local/share");
  const place = {
    dataDir: env.KPLAN_EMBEDDED_DIR || join(share, "kplan/embedded"),
    version: VERSION,
    entry: fileURLToPath(new URL("./embedded-server.js", import.meta.url)),
  };
  const daemon = () => import("../embedded/daemon/daemon.ts");
  return {
    start: async () => (await daemon()).ensureEmbedded(place),
    stop: async () => (await daemon()).stopEmbedded(place),
    status: async () => (await daemon()).embeddedStatus(place),
    reset: async () => (await daemon()).resetEmbedded(place),
  };
}

async function identity(command: readonly string[]): Promise<Omit<Identity, "user">> {
  const { processFacts } = await import("../store/process-facts.ts");
  return { host: hostname(), pid: process.pid, ...(await processFacts(process.pid)), command };
}

/** SIGINT and SIGTERM: the first calls back, the second ends the process at once. */
function onInterrupt(callback: () => void): () => void {
  let asked = false;
  const listener = (): void => {
    if (asked) process.exit(EXIT.interrupted);
    asked = true;
    callback();
  };
  process.on("SIGINT", listener);
  process.on("SIGTERM", listener);
  return () => {
    process.off("SIGINT", listener);
    process.off("SIGTERM", listener);
  };
}

async function readAll(stream: AsyncIterable<Uint8Array | string>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

async function askAll(
  questions: readonly string[],
  { stdin, terminal }: World,
): Promise<readonly string[]> {
  const answers: string[] = [];
  // Closed, it leaves the process's own input alone, so that the process can end while a terminal stays open.
  const input = stdin instanceof Readable ? stdin : Readable.from(stdin);
  const lines = createInterface({ input, terminal: false });
  const reading = lines[Symbol.asyncIterator]();
  for (const question of questions) {
    terminal.err(`${question}: `);
    const { value, done } = await reading.next();
    answers.push(done === true ? "" : value.trim());
  }
  lines.close();
  return answers;
}
