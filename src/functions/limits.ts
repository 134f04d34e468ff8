import { FunctionError } from "./template-function.ts";

/** The longest text that a function gives, in UTF-16 units. */
export const MAX_TEXT: number = 1024 * 1024;
/** The longest list that a function gives. */
const MAX_ITEMS = 100_000;

/** Refuses a text before it is built. Throws `FunctionError`. */
export function checkTextSize(size: number): void {
  if (size > MAX_TEXT)
    throw new FunctionError(`the text would be longer than ${MAX_TEXT} characters`);
}

/** Refuses a list before it is built. Throws `FunctionError`. */
export function checkItemCount(count: number): void {
  if (count > MAX_ITEMS)
    throw new FunctionError(`the list would be longer than ${MAX_ITEMS} items`);
}
