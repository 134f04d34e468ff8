/**
 * How a client holds its connection. `pooled`: a pool that takes a connection for each statement, notices one that was closed while it was idle, and opens another.
 * `kept`: one connection held open, and opened again when it closes.
 */
export type Manner = "pooled" | "kept";

/** A statement or a connection attempt that did not succeed. */
export interface Failure {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `connect`: no connection could be opened. `statement`: it was sent. `lost`: a row that was acknowledged could not be read back. */
  readonly what: "connect" | "statement" | "lost";
  /** Where it was sent; empty for a connection that did not come about. */
  readonly pod: string;
  readonly error: string;
}

/** A connection that the server closed. */
export interface Closed {
  readonly at: number;
  readonly pod: string;
  /** True: a statement was on its way. */
  readonly inStatement: boolean;
}

/** A connection that was opened, and how long that took, its attempts that failed included. */
export interface Opened {
  readonly at: number;
  readonly pod: string;
  readonly ms: number;
  /** Attempts that failed before. */
  readonly failed: number;
}

/** What one client saw in one stage. Times in milliseconds. */
export interface ClientReport {
  readonly client: number;
  readonly manner: Manner;
  /** The pod it was connected to when the stage began; empty when to none. */
  readonly began: string;
  readonly statements: number;
  readonly failures: readonly Failure[];
  readonly closed: readonly Closed[];
  readonly opened: readonly Opened[];
  /** Longest time between two successes, less the think time. */
  readonly longestStall: number;
  /** Those of a tenth of a second or more. */
  readonly stalls: readonly { readonly at: number; readonly ms: number }[];
  /** Reads on another member than the write, which came before the row did; read again. */
  readonly late: number;
}

/** What all clients saw between two marks. */
export interface StageReport {
  readonly stage: string;
  readonly seconds: number;
  readonly clients: readonly ClientReport[];
}

/** The rows of one client: it wrote 1, 2, 3 … `last`, and all of them were acknowledged but these. */
export interface Acknowledged {
  readonly client: number;
  readonly last: number;
  readonly except: readonly number[];
}

/** wsrep_local_state of members at one moment; a member that did not answer is missing. */
export interface States {
  readonly at: number;
  readonly states: Readonly<Record<string, number>>;
}

/** One line of the load program. */
export type LoadLine =
  | { readonly said: "ready" }
  | { readonly said: "placed" }
  | ({ readonly said: "stage" } & StageReport)
  | ({ readonly said: "states" } & States)
  | { readonly said: "rows"; readonly rows: readonly Acknowledged[] };

/** The first line of the load program's standard input. */
export interface LoadConfig {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The account that looks at members' states: the operator's own, whose sessions nobody counts as clients. */
  readonly watcher: { readonly user: string; readonly password: string };
  /** PEM of the authority that signs the servers' certificates; absent: no TLS. */
  readonly ca?: string;
  readonly pooled: number;
  readonly kept: number;
  /** Milliseconds between a client's rows. */
  readonly think: number;
}

/** Its other lines. */
export type LoadCommand =
  /** Ends the stage, reports it, and begins the next. */
  | { readonly do: "stage"; readonly name: string }
  /** Opens connections anew until each of these pods has `each` clients of either manner. */
  | { readonly do: "place"; readonly pods: readonly string[]; readonly each: number }
  /** Looks at the state of these members, five times a second, by their addresses. */
  | { readonly do: "sample"; readonly members: Readonly<Record<string, string>> }
  /** Connections opened from now on use this password. */
  | { readonly do: "password"; readonly password: string }
  /** Ends the stage and the load, and tells the rows. */
  | { readonly do: "stop" };
