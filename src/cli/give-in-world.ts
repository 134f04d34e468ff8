import { readFile } from "node:fs/promises";
import { KplanError } from "../model/kplan-error.ts";
import type { CommandPlace, GiveCommand } from "../package-test/run-case.ts";
import type { ExitWord } from "../package-test/test-case.ts";
import type { CliDeps } from "./deps.ts";
import { EXIT } from "./exit-code.ts";
import { runCli } from "./run-cli.ts";
import { VERSION } from "./version.ts";

/** Gives a command line to a driver of a test's world: parsed and carried out as any other. */
export const giveInWorld: GiveCommand = async (words, place) =>
  wordOf(await runCli(words, depsIn(words, place)));

function depsIn(words: readonly string[], place: CommandPlace): CliDeps {
  const { driver, namespace, packages, say, onEvent, interrupt } = place;
  const unlessDead =
    <T>(act: (value: T) => void) =>
    (value: T): void => {
      if (!driver.dead) act(value);
    };
  return {
    terminal: {
      out: unlessDead(say),
      err: unlessDead(say),
      isTty: false,
      colors: false,
      width: () => 120,
    },
    env: {},
    home: "/nonexistent",
    clock: driver.clock,
    version: VERSION,
    programName: "kplan",
    argv: words,
    readFile: (path) => readFile(path, "utf8"),
    readStdin: () => Promise.resolve(""),
    connect: (flags) =>
      Promise.resolve({
        cluster: driver.cluster,
        namespace: flags.namespace ?? namespace,
        user: "tester",
      }),
    embedded: {
      start: () => Promise.reject(refusal()),
      stop: () => Promise.reject(refusal()),
      status: () => Promise.reject(refusal()),
      reset: () => Promise.reject(refusal()),
    },
    identity: (command) => Promise.resolve({ ...driver.identity, command }),
    giveInTests: () => Promise.reject(refusal()),
    processes: driver.processes,
    packages,
    onEvent: unlessDead(onEvent),
    onInterrupt: (callback) => {
      interrupt.addEventListener("abort", callback, { once: true });
      return () => interrupt.removeEventListener("abort", callback);
    },
  };
}

/** How a command ended, as cases say it. */
function wordOf(code: number): ExitWord | "bug" {
  switch (code) {
    case EXIT.ok:
      return "complete";
    case EXIT.failed:
      return "failed";
    case EXIT.badInput:
      return "refused";
    case EXIT.timedOut:
      return "timed-out";
    case EXIT.busy:
      return "busy";
    case EXIT.changes:
      return "changes";
    case EXIT.interrupted:
      return "interrupted";
    default:
      return "bug";
  }
}

function refusal(): KplanError {
  return new KplanError("no-embedded", "a test has a cluster of its own", { kind: "bad-input" });
}
