/** The longest template and the longest rendered text, in UTF-16 units. */
export const MAX_OUTPUT: number = 1024 * 1024;
/** Turns of all the loops of one rendering together. */
export const MAX_TURNS = 100_000;
/** Blocks and calls within each other. */
export const MAX_NESTING = 50;
/** Characters and values that all the function calls of one rendering may take and give together. */
export const MAX_WORK: number = 64 * 1024 * 1024;
/** Lists and maps within each other in a value. */
export const MAX_VALUE_DEPTH = 200;
