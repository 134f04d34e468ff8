import { main } from "../../src/cli/main.ts";
import { exchangeInTests } from "./serve-in-process.ts";

/** What one command line came to. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process: the whole program but for its process. */
export async function cli(
  argv: readonly string[],
  world: {
    readonly env?: Readonly<Record<string, string>>;
    readonly home: string;
    readonly stdin?: string;
    /** Name that the program is called by; `kplan` when absent. */
    readonly calledAs?: string;
  },
): Promise<CliResult> {
  let stdout = "";
  let stderr = "";
  const code = await main(argv, {
    terminal: {
      out: (text) => {
        stdout += text;
      },
      err: (text) => {
        stderr += text;
      },
      isTty: false,
      colors: false,
      width: () => 100,
    },
    env: world.env ?? {},
    home: world.home,
    calledAs: world.calledAs ?? "kplan",
    stdin: chunksOf(world.stdin ?? ""),
    exchange: exchangeInTests,
  });
  return { code, stdout, stderr };
}

async function* chunksOf(text: string): AsyncGenerator<string> {
  yield text;
}
