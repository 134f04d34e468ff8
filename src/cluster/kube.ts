import type { Connection, ConnectOptions } from "./connect-options.ts";

export type { Connection, ConnectOptions } from "./connect-options.ts";

/**
 * Connects kplan to a cluster: reads the configuration, sends nothing yet.
 * Throws a `bad-input` KplanError when the configuration cannot be used, saying which file, what is wrong and what to do.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  return Promise.reject(new Error(`not written yet (${options.version})`));
}
