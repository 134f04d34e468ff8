import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import {
  type AddressInfo,
  connect as connectTcp,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { inClusterAccess } from "../../src/cluster/connect/in-cluster.ts";
import { getObject } from "../../src/cluster/read-objects.ts";
import { apiOver } from "../support/api-over.ts";
import { startFaultServer } from "../support/fault-server.ts";

const folder = mkdtempSync(join(tmpdir(), "kplan-pod-"));
afterAll(() => rmSync(folder, { recursive: true }));
const ref = { apiVersion: "v1", kind: "ConfigMap", name: "c", namespace: "db" };
const OK = { status: 200, body: { metadata: { name: "c" } } };

/** A SOCKS5 proxy that wants user `ann` with password `pw`, and answers each request with `code`. */
async function socksProxy(code: number): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    void serve(socket, code);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

async function serve(socket: Socket, code: number): Promise<void> {
  const next = (): Promise<Buffer> => new Promise((resolve) => socket.once("data", resolve));
  await next();
  socket.write(Buffer.from([5, 2]));
  const login = (await next()).toString("latin1");
  socket.write(Buffer.from([1, login === "\x01\x03ann\x02pw" ? 0 : 1]));
  const request = await next();
  const length = request[4] ?? 0;
  const host = request.subarray(5, 5 + length).toString();
  const port = request.readUInt16BE(5 + length);
  socket.write(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]));
  if (code !== 0) return;
  const onward = connectTcp(port, host);
  onward.on("error", () => socket.destroy());
  onward.pipe(socket).pipe(onward);
}

test.each([
  ["ann:pw", 0, undefined],
  ["ann:pw", 2, "its rules do not allow the connection"],
  ["ann:no", 0, "it did not accept the user and password"],
])("through a SOCKS proxy as %s, answered %d", async (user, code, problem) => {
  const server = await startFaultServer(() => OK, { tls: { hosts: ["127.0.0.1"] } });
  const socks = await socksProxy(code);
  const proxy = new URL(`socks5://${user}@127.0.0.1:${socks.port}`);
  const tls = { ca: server.ca, servername: undefined, verify: true };
  const api = apiOver(server.url, { deadline: 1000, access: { proxy, tls } });
  const reading = getObject(api, ref);
  if (problem === undefined) expect(await reading).toMatchObject({ metadata: { name: "c" } });
  else
    await expect(reading).rejects.toMatchObject({
      kind: "unreachable",
      message: expect.stringContaining(problem) as string,
    });
  api.transport.close();
  socks.server.close();
  await server.close();
});

test("a pod's service account, whose token rotates", async () => {
  const tokens: unknown[] = [];
  const server = await startFaultServer(
    ({ headers }) => {
      tokens.push(headers.authorization);
      return headers.authorization === "Bearer one" && tokens.length > 1 ? { status: 401 } : OK;
    },
    { tls: { hosts: ["127.0.0.1"] } },
  );
  writeFileSync(join(folder, "ca.crt"), server.ca);
  writeFileSync(join(folder, "namespace"), "db\n");
  writeFileSync(join(folder, "token"), "one\n");
  const { hostname, port } = new URL(server.url);
  const access = inClusterAccess(
    { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
    folder,
  );
  expect(access).toMatchObject({ namespace: "db", context: undefined, simulated: false });
  const api = apiOver(server.url, { access });
  await getObject(api, ref);
  writeFileSync(join(folder, "token"), "two\n");
  await getObject(api, ref);
  expect(tokens).toEqual(["Bearer one", "Bearer one", "Bearer two"]);
  api.transport.close();
  await server.close();
});

test("a pod without a service account", () => {
  expect(() =>
    inClusterAccess({ KUBERNETES_SERVICE_HOST: "fd00::1" }, join(folder, "none")),
  ).toThrow(
    expect.objectContaining({
      kind: "bad-input",
      message: expect.stringContaining("ca.crt") as string,
    }) as Error,
  );
});
