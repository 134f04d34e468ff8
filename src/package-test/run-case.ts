import { setMaxListeners } from "node:events";
import type { PackageMemory } from "../actions/context.ts";
import { assertNever } from "../model/assert-never.ts";
import { after } from "../model/clock.ts";
import type { RunEvent } from "../model/event.ts";
import { createObject, deleteObject, editObject, loseNode, runInPods } from "./act-on-world.ts";
import { checkExpectations, type Unmet } from "./check-expectations.ts";
import type { Act, ExitWord, Happening, TestCase, TestCommand } from "./test-case.ts";
import { type Driver, startWorld, type World } from "./world.ts";

/** Gives a command line to a driver, as if it was typed. The command line of kplan implements it. */
export type GiveCommand = (words: readonly string[], to: CommandPlace) => Promise<ExitWord | "bug">;

/** Where a command is given. */
export interface CommandPlace {
  readonly driver: Driver;
  readonly namespace: string;
  /** Packages that were read before. */
  readonly packages: PackageMemory;
  /** Takes what it prints. */
  readonly say: (text: string) => void;
  readonly onEvent: (event: RunEvent) => void;
  /** Aborts at Ctrl-C. */
  readonly interrupt: AbortSignal;
}

/** How cases are run. */
export interface CaseOptions {
  /** Folder or archive of the package. */
  readonly source: string;
  readonly give: GiveCommand;
  /** For cases that name none, or for all with `--seed`. */
  readonly seed: string;
  readonly packages: PackageMemory;
}

/** How a case went. */
export interface CaseResult {
  readonly name: string;
  readonly file: string;
  readonly failures: readonly Failure[];
  readonly seed: string;
  /** Milliseconds of the world's time. */
  readonly elapsed: number;
  readonly requests: number;
}

/** An expectation of a command that was not met. */
export interface Failure extends Unmet {
  /** The command line. */
  readonly command: string;
  /** The last of what it printed. */
  readonly log: readonly string[];
}

const NAMESPACE = "default";
/** Virtual time that a command may take. */
const AT_MOST = 24 * 3_600_000;
/** Lines of output that a failure shows. */
const LINES = 20;

/** Plays a case in a world of its own. Stops at the first command whose expectations are not met. */
export async function runCase(test: TestCase, options: CaseOptions): Promise<CaseResult> {
  const { seed } = options;
  const { kubeVersion, pods } = test;
  const world = await startWorld({ seed, pods, ...(kubeVersion && { kubeVersion }) });
  let failures: readonly Failure[] = [];
  try {
    for (const command of test.commands) {
      failures = await runCommand(world, test, command, options);
      if (failures.length > 0) break;
    }
    return {
      name: test.name,
      file: test.at.file,
      failures,
      seed,
      elapsed: world.time.now,
      requests: world.requests.length,
    };
  } finally {
    await world.close();
  }
}

async function runCommand(
  world: World,
  test: TestCase,
  command: TestCommand,
  options: CaseOptions,
): Promise<readonly Failure[]> {
  const driver = await world.driver();
  const words = fullCommand(command.words, test, options.source);
  const output: string[] = [];
  const events: RunEvent[] = [];
  const unmet: Unmet[] = [];
  const interrupt = new AbortController();
  setMaxListeners(0, interrupt.signal);
  const scene: Scene = { world, driver, test, options, interrupt, unmet, others: [] };
  const happenings = command.meanwhile.map((happening) => plan(happening, scene));
  const ending = await world.run(
    driver,
    () => {
      for (const one of happenings) one.begin();
      return options.give(words, {
        driver,
        namespace: NAMESPACE,
        packages: options.packages,
        say: (text) => output.push(text),
        onEvent: (event) => {
          events.push(event);
          for (const one of happenings) one.hear(event);
        },
        interrupt: interrupt.signal,
      });
    },
    AT_MOST,
  );
  if (ending.kind === "threw") throw ending.error;
  driver.end();
  for (const one of happenings) unmet.push(...one.close());
  await world.time.until(
    () => scene.others.every(({ ended }) => ended),
    AT_MOST,
    () => scene.others.every((other) => other.ended || other.waits()),
  );
  // What the last write set off in controllers is over at once; what takes time goes on.
  await world.time.until(() => true);
  const text = output.join("");
  if (ending.kind === "stuck") unmet.push({ message: ending.why, at: command.at });
  const exit = ending.kind === "done" ? ending.value : ending.kind;
  unmet.push(
    ...checkExpectations(command.expect, {
      server: world.server,
      namespace: NAMESPACE,
      instance: instanceIn(command.words),
      exit,
      output: text,
      events,
    }),
  );
  const log = text.trimEnd().split("\n").slice(-LINES);
  const shown = `kplan ${command.words.join(" ")}`;
  return unmet.map((one) => ({ ...one, command: shown, log }));
}

/** What a happening acts on. */
interface Scene {
  readonly world: World;
  readonly driver: Driver;
  readonly test: TestCase;
  readonly options: CaseOptions;
  readonly interrupt: AbortController;
  readonly unmet: Unmet[];
  /** Commands given in other terminals. */
  readonly others: { ended: boolean; waits: () => boolean }[];
}

/** A happening that waits for its moment. */
interface Planned {
  begin(): void;
  hear(event: RunEvent): void;
  /** The command has ended. Tells when it never happened. */
  close(): readonly Unmet[];
}

function plan(happening: Happening, scene: Scene): Planned {
  const { world, driver } = scene;
  const clock = world.time.clock((elapsed) => elapsed);
  let state: "waiting" | "planned" | "done" = "waiting";
  let callOff = (): void => {};
  const begin = (): void => {
    state = "planned";
    const happen = (): void => {
      state = "done";
      for (const act of happening.acts) void perform(act, happening, scene);
    };
    if (happening.after === 0) happen();
    else callOff = after(clock, happening.after, happen);
  };
  return {
    begin: () => {
      if (happening.when === undefined) begin();
    },
    hear: (event) => {
      if (state === "waiting" && !driver.dead && isBeginOf(happening.when, event)) begin();
    },
    close: () => {
      callOff();
      if (state === "done") return [];
      const message =
        state === "waiting"
          ? `step ${happening.when} never began, so this never happened`
          : "the command had ended before this could happen";
      return [{ message, at: happening.at }];
    },
  };
}

function isBeginOf(step: string | undefined, event: RunEvent): boolean {
  if (step === undefined || event.type !== "status" || event.status !== "IN_PROGRESS") return false;
  const { path } = event;
  if (path.step === undefined) return false;
  return step === path.step || step === `${path.plan}.${path.phase}.${path.step}`;
}

async function perform(act: Act, { at }: Happening, scene: Scene): Promise<void> {
  const { world, driver, interrupt, unmet } = scene;
  const { server } = world;
  const heard = (refusal: string): void => {
    if (refusal !== "") unmet.push({ message: `this could not happen: ${refusal}`, at });
  };
  switch (act.kind) {
    case "delete":
      return heard(await deleteObject(server, NAMESPACE, act.ref));
    case "edit":
      return heard(await editObject(server, NAMESPACE, act.object));
    case "create":
      return heard(await createObject(server, NAMESPACE, act.object));
    case "exec":
      return heard(runInPods(server, NAMESPACE, act));
    case "node-lost":
      return heard(loseNode(server, act.node));
    case "server-clock":
      world.serverAhead += act.by;
      return;
    case "driver-clock":
      driver.ahead += act.by;
      return;
    case "kill":
      driver.kill();
      return;
    case "interrupt":
      interrupt.abort();
      return;
    case "run":
      return giveAnother(act, { at }, scene);
    default:
      return assertNever(act);
  }
}

/** Another command in another terminal, while the first goes on. */
async function giveAnother(
  act: Extract<Act, { kind: "run" }>,
  { at }: Pick<Happening, "at">,
  { world, test, options, unmet, others }: Scene,
): Promise<void> {
  const other = { ended: false, waits: () => false };
  others.push(other);
  const driver = await world.driver();
  other.waits = driver.waits;
  const said: string[] = [];
  const exit = await options.give(fullCommand(act.words, test, options.source), {
    driver,
    namespace: NAMESPACE,
    packages: options.packages,
    say: (text) => said.push(text),
    onEvent: () => {},
    interrupt: new AbortController().signal,
  });
  driver.end();
  other.ended = true;
  if (exit !== act.exit)
    unmet.push({
      message: `expected \`kplan ${act.words.join(" ")}\` to be ${act.exit}; it was ${exit}: ${said.join("").trim()}`,
      at,
    });
}

/** `install` and `upgrade` are given the package, where they name none, and `install` the case's parameters. */
function fullCommand(words: readonly string[], test: TestCase, source: string): string[] {
  const [first = "", next, ...rest] = words;
  if (first !== "install" && first !== "upgrade") return [...words];
  const named = next !== undefined && !next.startsWith("-");
  const given = named ? [next, ...rest] : [source, ...(next === undefined ? [] : [next, ...rest])];
  const parameters = Object.entries(first === "install" ? test.parameters : {}).flatMap(
    ([name, value]) => [
      "-p",
      `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    ],
  );
  return [first, ...given, ...parameters];
}

function instanceIn(words: readonly string[]): string | undefined {
  const at = words.indexOf("--instance");
  if (at >= 0) return words[at + 1];
  return words.find((word) => word.startsWith("--instance="))?.slice("--instance=".length);
}
