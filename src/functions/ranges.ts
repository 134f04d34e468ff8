import { integer } from "./arguments.ts";
import { both, native } from "./define.ts";
import { checkItemCount } from "./limits.ts";
import type { TemplateFunction } from "./template-function.ts";

/** Runs of whole numbers. */
export const RANGES: readonly TemplateFunction[] = [
  both("until", 1, ([count]) => untilStep(0, integer(count), integer(count) < 0 ? -1 : 1)),
  both("untilStep", 3, ([start, stop, step]) =>
    untilStep(integer(start), integer(stop), integer(step)),
  ),
  native("seq", [0, 3], (args) => seq(args.map(integer))),
];

/** From start, stop left out; nothing when the step leads away from stop. */
function untilStep(start: number, stop: number, step: number): number[] {
  if (step === 0 || stop < start !== step < 0) return [];
  const count = Math.ceil((stop - start) / step);
  checkItemCount(count);
  return Array.from({ length: count }, (_, index) => start + index * step);
}

/** As the Unix command: both ends are in it, numbers are separated by spaces. */
function seq([first, second, third]: readonly number[]): string {
  if (first === undefined) return "";
  const [start, end] = second === undefined ? [1, first] : [first, third ?? second];
  const away = end < start ? -1 : 1;
  const step = third === undefined ? away : (second ?? away);
  if (end < start && step > 0) return "";
  return untilStep(start, end + away, step).join(" ");
}
