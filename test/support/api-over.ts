import type { Api } from "../../src/cluster/api.ts";
import { call } from "../../src/cluster/api.ts";
import type { Access } from "../../src/cluster/connect/access.ts";
import { fixed } from "../../src/cluster/connect/credentials.ts";
import { makeDiscovery } from "../../src/cluster/discovery.ts";
import { makeTransport } from "../../src/cluster/http/transport.ts";
import { realClock } from "../../src/model/real-clock.ts";

/** The operations' view of a server, with short waits between attempts and no chance in them. */
export function apiOver(
  url: string,
  options: { deadline?: number; access?: Partial<Access> } = {},
): Api {
  const access: Access = {
    server: new URL(url),
    tls: { ca: undefined, servername: undefined, verify: true },
    proxy: undefined,
    credentials: fixed({}),
    impersonation: {},
    namespace: "default",
    user: "tester",
    context: "test",
    simulated: false,
    ...options.access,
  };
  const deadline = options.deadline ?? 5000;
  const random = (): number => 0.5;
  const transport = makeTransport(access, {
    deadline,
    userAgent: "test",
    backOff: [10, 100],
    firstContact: 100,
    random,
  });
  const api: Api = {
    transport,
    discovery: makeDiscovery(async (path) => {
      const subject = { ...api.who, verb: "get", what: path };
      const reply = await call(api, { method: "GET", path }, subject, [404]);
      return reply.status === 404 ? undefined : JSON.parse(reply.body);
    }),
    deadline,
    clock: realClock,
    who: { user: "tester", host: access.server.host },
    random,
  };
  return api;
}

/** A Status body (Kubernetes API, meta/v1). */
export function statusBody(
  code: number,
  reason: string,
  message: string,
  details?: unknown,
): unknown {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    details,
    code,
  };
}
