/** Ends a switch that names every case; reaching it is a bug. Throws. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
