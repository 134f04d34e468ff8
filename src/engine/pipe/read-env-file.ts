/** What an env file says, or which of its lines is none; never with a value. */
export type EnvFile = { readonly values: ReadonlyMap<string, string> } | { readonly wrong: string };

/** As Kubernetes has names of environment variables. */
const NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

/**
 * Reads an env file (compat section 5.1): a `NAME=value` a line, the value as it stands, quotes and all; spaces before a line, empty lines and those that begin with `#` do
 * not count. Of a name that is given twice the last counts.
 */
export function readEnvFile(bytes: Uint8Array): EnvFile {
  const text = Buffer.from(bytes)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
  const values = new Map<string, string>();
  for (const [index, whole] of text.split("\n").entries()) {
    const line = whole.replace(/\r$/, "").trimStart();
    if (line === "" || line.startsWith("#")) continue;
    const equals = line.indexOf("=");
    if (equals < 0) return { wrong: `line ${index + 1} is no NAME=value` };
    const name = line.slice(0, equals);
    if (!NAME.test(name))
      return { wrong: `line ${index + 1}: what stands before = is no name of a variable` };
    values.set(name, line.slice(equals + 1));
  }
  return { values };
}
