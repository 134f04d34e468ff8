/** All that is needed to reach one cluster as one user; what `connect` makes of the configuration. */
export interface Access {
  /** The API server, with the path that a proxy in front of several clusters may want. */
  readonly server: URL;
  readonly tls: TlsTrust;
  /** Proxy to go through (`http:`, `https:`, `socks5:`); undefined: straight. */
  readonly proxy: URL | undefined;
  readonly credentials: Credentials;
  /** Impersonation headers; empty without `--as`. */
  readonly impersonation: Readonly<Record<string, string | string[]>>;
  readonly namespace: string;
  /** How the user is named to people. */
  readonly user: string | undefined;
  readonly context: string | undefined;
  /** The kubeconfig says that this is kplan's embedded cluster. */
  readonly simulated: boolean;
}

/** Whom to trust as the API server. */
export interface TlsTrust {
  /** PEM certificates to trust instead of the system's. */
  readonly ca: string | undefined;
  /** Name to ask for and to expect in the certificate (`tls-server-name`). */
  readonly servername: string | undefined;
  /** False only with `insecure-skip-tls-verify: true`. */
  readonly verify: boolean;
}

/** Where a user's proof of identity comes from. */
export interface Credentials {
  /**
   * The current proof. `renew`: the server has just refused the one before, so whatever was kept is thrown away first.
   * Throws a KplanError when it cannot be had (an exec plugin fails, a file is gone).
   */
  current(options: { readonly renew: boolean; readonly signal: AbortSignal }): Promise<Credential>;
}

/** A proof of identity: a header, or a client certificate, or none. Never printed. */
export interface Credential {
  /** `Bearer …` or `Basic …`. */
  readonly authorization?: string;
  /** PEM. */
  readonly cert?: string;
  /** PEM. */
  readonly key?: string;
}
