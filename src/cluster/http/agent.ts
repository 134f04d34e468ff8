import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import type { Access, Credential } from "../connect/access.ts";
import { tunnel } from "../connect/proxy-tunnel.ts";

/** The kept connections to one API server under one client certificate. */
export function agentFor(access: Access, credential: Credential): HttpAgent {
  if (access.server.protocol === "http:") return new HttpAgent({ keepAlive: true });
  const { ca, servername, verify } = access.tls;
  const identity: SecureContextOptions = {
    ...(ca !== undefined && { ca }),
    ...(credential.cert !== undefined && { cert: credential.cert }),
    ...(credential.key !== undefined && { key: credential.key }),
  };
  const agent = new HttpsAgent({
    keepAlive: true,
    rejectUnauthorized: verify,
    ...(servername !== undefined && { servername }),
    ...identity,
  });
  // Reading the certificates takes longer than all else of a connection, so that it is done once for all of them.
  let context: SecureContext | undefined;
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    context ??= createSecureContext(identity);
    return connect({ ...options, secureContext: context } as typeof options, callback);
  };
  const { proxy } = access;
  if (proxy !== undefined)
    agent.createConnection = (options, callback) => {
      tunnel(proxy, options, callback);
      return undefined;
    };
  return agent;
}

/** Ends the connections that wait for work; those in use go on. After a silence the idle ones are likely dead too. */
export function dropIdle(agent: HttpAgent): void {
  for (const sockets of Object.values(agent.freeSockets))
    for (const socket of sockets ?? []) socket.destroy();
}
