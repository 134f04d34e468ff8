import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildSync } from "esbuild";
import { INSTANCE, password, WATCHER } from "../galera.ts";
import { kubectl, object } from "../kubectl.ts";
import type {
  Acknowledged,
  LoadCommand,
  LoadConfig,
  LoadLine,
  StageReport,
  States,
} from "./report.ts";

/** A load that runs. */
export interface Load {
  /** Begins a stage; gives the report of the one before, if there was one. */
  readonly stage: (name: string) => Promise<StageReport | undefined>;
  /** Opens clients anew so that each of these pods has `each` of either manner. */
  readonly place: (pods: readonly string[], each: number) => Promise<void>;
  /** Which members' states are looked at from now on. */
  readonly sample: (members: Readonly<Record<string, string>>) => void;
  readonly usePassword: (password: string) => void;
  /** All states seen so far. */
  readonly states: () => readonly States[];
  /** Ends it: the last stage, and the rows that every member must have. */
  readonly stop: () => Promise<{
    readonly last: StageReport;
    readonly rows: readonly Acknowledged[];
  }>;
  /** Ends it without a word. */
  readonly kill: () => void;
}

/** Network namespace that the clients run in: as on a node of the cluster, so that they reach Services. Empty: in the machine's own. */
const NETWORK = process.env.KPLAN_E2E_NETWORK ?? "/run/netns/kp0";

/** Starts four pooled and four kept clients against the client Service of the instance in a namespace. */
export async function startLoad(
  namespace: string,
  config: Partial<LoadConfig> = {},
): Promise<Load> {
  const service = await kubectl(namespace, [
    ...[
      "get",
      "service",
      `${INSTANCE}-cs`,
      "-o",
      "jsonpath={.spec.clusterIP} {.spec.ports[0].port}",
    ],
  ]);
  const [host = "", port = ""] = service.split(" ");
  const secret = await object(namespace, "secret", `${INSTANCE}-tls`);
  const ca = secret?.data?.["ca.crt"];
  // Clients have machines of their own: what the database's machine does must not make them slow.
  const node = ["nice", "-n", "-15", process.execPath, build()];
  const [command = "", ...args] = NETWORK === "" ? node : ["nsenter", `--net=${NETWORK}`, ...node];
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const states: States[] = [];
  const waiting: { readonly said: string; readonly got: (line: LoadLine) => void }[] = [];
  createInterface({ input: child.stdout }).on("line", (text) => {
    const line = JSON.parse(text) as LoadLine;
    if (line.said === "states") return void states.push(line);
    const index = waiting.findIndex(({ said }) => said === line.said);
    if (index >= 0) waiting.splice(index, 1)[0]?.got(line);
  });
  let ended = false;
  let fail: (error: Error) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  child.on("exit", (code, signal) => {
    ended = true;
    fail(new Error(`the load ended by itself: ${code ?? signal}`));
  });
  child.stdin.on("error", () => {});
  const said = <S extends LoadLine["said"]>(word: S): Promise<Extract<LoadLine, { said: S }>> => {
    const got = new Promise<LoadLine>((resolve) => {
      waiting.push({ said: word, got: resolve });
    });
    return Promise.race([got, failed]) as Promise<Extract<LoadLine, { said: S }>>;
  };
  const tell = (line: LoadCommand | LoadConfig): void =>
    void child.stdin.write(`${JSON.stringify(line)}\n`);

  const ready = said("ready");
  tell({
    host,
    port: Number(port),
    user: "root",
    password: await password(namespace, "MYSQL_ROOT_PASSWORD"),
    watcher: { user: WATCHER, password: await password(namespace, "SST_PASSWORD") },
    ...(ca ? { ca: Buffer.from(ca, "base64").toString() } : {}),
    ...{ pooled: 4, kept: 4, think: 10 },
    ...config,
  });
  await ready;
  let running = "";
  return {
    async stage(name) {
      const report = running === "" ? undefined : said("stage");
      running = name;
      tell({ do: "stage", name });
      return await report;
    },
    async place(pods, each) {
      const placed = said("placed");
      tell({ do: "place", pods, each });
      await placed;
    },
    sample: (members) => tell({ do: "sample", members }),
    usePassword: (password) => tell({ do: "password", password }),
    states: () => states,
    async stop() {
      const [last, rows] = [said("stage"), said("rows")];
      tell({ do: "stop" });
      return { last: await last, rows: (await rows).rows };
    },
    kill() {
      if (!ended) child.kill("SIGKILL");
    },
  };
}

/** The program, as one file that Node runs. */
function build(): string {
  const outfile = join(tmpdir(), `kplan-load-${process.pid}.mjs`);
  buildSync({
    entryPoints: [join(import.meta.dirname, "program.ts")],
    ...{ outfile, bundle: true, platform: "node", format: "esm", target: "node20" },
    banner: {
      js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);',
    },
    logLevel: "error",
  });
  return outfile;
}
