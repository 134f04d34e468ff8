import { styleText } from "node:util";
import { obeyed } from "./output/obeyed.ts";

/** Where a command speaks to people and programs. Tests hand in their own. */
export interface Terminal {
  /** Results: what a program would read. */
  out(text: string): void;
  /** Everything else: progress, warnings, errors. */
  err(text: string): void;
  /** Colours and redrawing are for a terminal only; `NO_COLOR` and `TERM=dumb` turn colours off. */
  readonly isTty: boolean;
  readonly colors: boolean;
  /** Columns of the terminal. */
  width(): number;
  /** Lines of the terminal; 24 when absent. */
  height?(): number;
  /** From now on `around` decides when a text for stderr is written, so that it does not fall into what is drawn. The answer ends it. */
  drawing?(around: (write: () => void) => void): () => void;
}

/** Colours by meaning. */
export type Tone = "good" | "bad" | "busy" | "dim" | "bold" | "warn";

const STYLES = {
  good: "green",
  bad: "red",
  busy: "cyan",
  dim: "dim",
  bold: "bold",
  warn: "yellow",
} as const;

/** Text in the colour of its meaning, or as it is where the terminal has none. */
export function paint(terminal: Pick<Terminal, "colors">, tone: Tone, text: string): string {
  return terminal.colors ? styleText(STYLES[tone], text, { validateStream: false }) : text;
}

/** The terminal of this process. Whoever reads may go away (`kplan … | head`): what is driven goes on, and nobody hears of it. */
export function processTerminal(env: NodeJS.ProcessEnv): Terminal {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", unlessUnread);
  const isTty = process.stdout.isTTY === true && env.TERM !== "dumb";
  const isScreen = { out: process.stdout.isTTY === true, err: process.stderr.isTTY === true };
  const atOnce = (write: () => void): void => write();
  let around = atOnce;
  return {
    out: (text) => void process.stdout.write(isScreen.out ? obeyed(text) : text),
    err: (text) => around(() => void process.stderr.write(isScreen.err ? obeyed(text) : text)),
    isTty,
    colors: isTty && !env.NO_COLOR,
    width: () => process.stdout.columns ?? 80,
    height: () => process.stdout.rows ?? 24,
    drawing(next) {
      around = next;
      return () => {
        around = atOnce;
      };
    },
  };
}

/** A pipe without a reader, a terminal that was closed, and what is written after that. */
const UNREAD: readonly unknown[] = ["EPIPE", "EIO", "ERR_STREAM_DESTROYED"];

function unlessUnread(error: NodeJS.ErrnoException): void {
  if (!UNREAD.includes(error.code)) throw error;
}
