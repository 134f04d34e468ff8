/** The longest template and the longest rendered text, in UTF-16 units. */
export const MAX_OUTPUT: number = 1024 * 1024;
/** Turns of all the loops of one rendering together. */
export const MAX_TURNS = 100_000;
/** Blocks and calls within each other. */
export const MAX_NESTING = 50;
/** What all the function calls of one rendering may take and give together: a character counts 1, a value `VALUE_WORK`, some functions more. */
export const MAX_WORK: number = 16 * 1024 * 1024;
export const VALUE_WORK = 16;
/** Blocks or parentheses that stand open in a text before it is not even parsed: the parser's time grows with the square. */
export const MAX_OPEN = 500;
/** Lists and maps within each other in a value. */
export const MAX_VALUE_DEPTH = 200;
