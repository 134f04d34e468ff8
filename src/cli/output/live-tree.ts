import type { Terminal } from "../terminal.ts";
import type { EventView } from "./event-view.ts";
import { addToPicture, EMPTY_PICTURE } from "./run-picture.ts";
import { fittingLines, treeLines } from "./tree-lines.ts";

/** Milliseconds between two redraws, at least. */
const FRAME = 100;

/**
 * A tree that is drawn again in place while the run goes on, and left standing whole when it ends. For terminals only. It never grows taller than the
 * screen, because what has scrolled away cannot be drawn over; texts for stderr appear above it.
 */
export function liveTree(terminal: Terminal, simulated: boolean, now: () => number): EventView {
  let picture = EMPTY_PICTURE;
  let drawn: readonly string[] = [];
  let lastFrame = 0;
  const erase = (): void => {
    const rows = rowsOf(drawn, terminal.width());
    terminal.out(`${rows > 0 ? `\u001B[${rows}A` : ""}\r\u001B[J`);
    drawn = [];
  };
  const draw = (whole = false): void => {
    const options = { terminal, now: now(), simulated };
    // The top line stays free as well: some terminals keep a screen that is cleared as a whole among what has scrolled away.
    const rows = (terminal.height?.() ?? 24) - 2;
    const lines = whole ? treeLines(picture, options) : fittingLines(picture, options, rows);
    erase();
    terminal.out(lines.map((line) => `${line}\n`).join(""));
    drawn = lines;
    lastFrame = now();
  };
  const ticker = setInterval(draw, 1000);
  ticker.unref();
  const undisturbed = terminal.drawing?.((write) => {
    erase();
    write();
    draw();
  });
  return {
    event(event) {
      picture = addToPicture(picture, event);
      const ends = event.type === "run-finished" || event.type === "status";
      if (ends || now() - lastFrame >= FRAME) draw();
    },
    close() {
      clearInterval(ticker);
      undisturbed?.();
      draw(true);
    },
  };
}

/** Rows that lines take on the screen: after it has become narrower, more than one each. */
function rowsOf(lines: readonly string[], width: number): number {
  return lines.reduce((rows, line) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no room
    const { length } = line.replace(/\u001B\[\d+m/g, "");
    return rows + Math.max(1, Math.ceil(length / Math.max(1, width)));
  }, 0);
}
