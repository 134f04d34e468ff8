import { homedir } from "node:os";
import { main } from "./main.ts";
import { processTerminal } from "./terminal.ts";

// The program: hands this process's world to the command line and ends with its exit code.
process.exitCode = await main(process.argv.slice(2), {
  terminal: processTerminal(process.env),
  env: process.env,
  home: homedir(),
  calledAs: process.argv[1] ?? "kplan",
  // Asked for only by commands that read it: opening it costs milliseconds.
  get stdin() {
    return process.stdin;
  },
});
