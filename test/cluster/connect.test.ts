import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Connection, connect } from "../../src/cluster/kube.ts";
import { type FaultServer, type Received, startFaultServer } from "../support/fault-server.ts";

const folder = mkdtempSync(join(tmpdir(), "kplan-connect-"));
let server: FaultServer;
let react: (request: Received) => {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
};
const OBJECT = { kind: "ConfigMap", apiVersion: "v1", metadata: { name: "c" } };
const OK = { status: 200, body: OBJECT };
const opened: Connection[] = [];

beforeAll(async () => {
  server = await startFaultServer((request) => react(request), {
    tls: { hosts: ["api.example", "127.0.0.1"] },
  });
});
afterEach(() => {
  for (const { cluster } of opened.splice(0)) cluster.close();
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Writes a kubeconfig in the words of its cluster and user. */
function kubeconfig(cluster: object, user: object): string {
  const file = join(folder, "config");
  const config = {
    "current-context": "x",
    clusters: [
      {
        name: "c",
        cluster: {
          server: server.url,
          "certificate-authority-data": base64(server.ca),
          ...cluster,
        },
      },
    ],
    users: [{ name: "u", user }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u", namespace: "db" } }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

async function connected(cluster: object, user: object, more: object = {}): Promise<Connection> {
  const connection = await connect({
    kubeconfig: kubeconfig(cluster, user),
    env: {},
    version: "1.2.3",
    requestTimeoutMs: 5000,
    ...more,
  });
  opened.push(connection);
  return connection;
}

const read = (connection: Connection): Promise<unknown> =>
  connection.cluster.get({
    apiVersion: "v1",
    kind: "ConfigMap",
    name: "c",
    namespace: connection.namespace,
  });
const last = (): Received["headers"] => server.received.at(-1)?.headers ?? {};
const base64 = (text: string): string => Buffer.from(text).toString("base64");
function script(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

test("a token over TLS, with the names it was reached by", async () => {
  react = () => OK;
  const connection = await connected({}, { token: "secret" });
  expect(connection).toMatchObject({
    namespace: "db",
    user: "u",
    context: "x",
    server: server.url,
  });
  expect(await read(connection)).toMatchObject({ metadata: { name: "c" } });
  expect(last()).toMatchObject({
    authorization: "Bearer secret",
    "user-agent": expect.stringMatching(/^kplan\/1\.2\.3 /) as string,
  });
  expect(connection.cluster.simulated).toBe(false);
});

test("a password", async () => {
  react = () => OK;
  await read(await connected({}, { username: "ann", password: "pw" }));
  expect(last().authorization).toBe(`Basic ${base64("ann:pw")}`);
});

test("impersonation from the command line", async () => {
  react = () => OK;
  const connection = await connected(
    {},
    { token: "t", as: "old" },
    { as: "bob", asGroups: ["dev", "ops"] },
  );
  await read(connection);
  expect(connection.user).toBe("bob");
  expect(last()).toMatchObject({ "impersonate-user": "bob", "impersonate-group": "dev, ops" });
});

test("the embedded cluster is known by its kubeconfig", async () => {
  const { cluster } = await connected(
    { extensions: [{ name: "kplan.dev/embedded", extension: {} }] },
    {},
  );
  expect(cluster.simulated).toBe(true);
});

test("a server whose certificate nobody vouches for is not talked to", async () => {
  const before = server.received.length;
  const connection = await connected({ "certificate-authority-data": undefined }, { token: "t" });
  await expect(read(connection)).rejects.toMatchObject({
    kind: "unreachable",
    transient: false,
    message: expect.stringContaining(
      "its certificate is self-signed and not the kubeconfig's",
    ) as string,
  });
  expect(server.received.length).toBe(before);
});

test("tls-server-name is what the certificate must be for", async () => {
  react = () => OK;
  await read(await connected({ "tls-server-name": "api.example" }, { token: "t" }));
  await expect(
    read(await connected({ "tls-server-name": "other.example" }, { token: "t" })),
  ).rejects.toThrow("its certificate is for other names");
});

test("insecure-skip-tls-verify trusts anybody", async () => {
  react = () => OK;
  await read(
    await connected(
      { "certificate-authority-data": undefined, "insecure-skip-tls-verify": true },
      { token: "t" },
    ),
  );
});

test("a token file is read again when its token is refused", async () => {
  const file = join(folder, "token");
  writeFileSync(file, "old\n");
  const connection = await connected({}, { tokenFile: "token" });
  react = ({ headers }) => (headers.authorization === "Bearer new" ? OK : { status: 401 });
  await expect(read(connection)).rejects.toMatchObject({ kind: "unauthorized" });
  writeFileSync(file, "new\n");
  await read(connection);
});

test("an exec plugin is asked once, and again when its token is refused", async () => {
  const log = join(folder, "log");
  const answer =
    '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t-%s"}}';
  const command = script(
    "plugin",
    `echo "$A $KUBERNETES_EXEC_INFO" >> ${log}\nprintf '${answer}' "$(wc -l < ${log} | tr -d ' ')"`,
  );
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command,
    env: [{ name: "A", value: "a" }],
    provideClusterInfo: true,
  };
  const connection = await connected({}, { exec });
  react = () => OK;
  await Promise.all([read(connection), read(connection)]);
  await read(connection);
  expect(last().authorization).toBe("Bearer t-1");
  react = ({ headers }) => (headers.authorization === "Bearer t-2" ? OK : { status: 401 });
  await read(connection);
  expect(last().authorization).toBe("Bearer t-2");
});

test.each([
  ["fails", "exit 3", "ended with code 3"],
  ["talks nonsense", "echo hello", "answer is not JSON"],
  [
    "gives nothing",
    `echo '{"apiVersion":"client.authentication.k8s.io/v1","status":{}}'`,
    "holds neither token nor certificate",
  ],
])("an exec plugin that %s", async (_, text, message) => {
  const command = script("bad-plugin", text);
  const connection = await connected(
    {},
    { exec: { apiVersion: "client.authentication.k8s.io/v1", command } },
  );
  await expect(read(connection)).rejects.toThrow(message);
});

test("an exec plugin that is not installed says how to get it", async () => {
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: "no-such-plugin",
    installHint: "brew install it",
  };
  const connection = await connected({}, { exec });
  await expect(read(connection)).rejects.toMatchObject({
    message: expect.stringContaining("is not installed") as string,
    hint: "brew install it",
  });
});

test("the legacy auth provider's token goes along", async () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = `${part({ alg: "none" })}.${part({ exp: Math.floor(Date.now() / 1000) + 3600 })}.x`;
  const config = {
    "id-token": token,
    "refresh-token": "r",
    "client-id": "c",
    "idp-issuer-url": "https://idp.example",
  };
  const connection = await connected({}, { "auth-provider": { name: "oidc", config } });
  react = () => OK;
  await read(connection);
  expect(last().authorization).toBe(`Bearer ${token}`);
});

test("warnings of the server are told once", async () => {
  const warnings: string[] = [];
  react = () => ({
    ...OK,
    headers: { warning: '299 - "policy/v1beta1 is deprecated", 299 - "and \\"more\\""' },
  });
  const connection = await connected(
    {},
    { token: "t" },
    { onWarning: (text: string) => warnings.push(text) },
  );
  await read(connection);
  await read(connection);
  expect(warnings).toEqual(["policy/v1beta1 is deprecated", 'and "more"']);
});

test("the server's time", async () => {
  const date = "Sat, 21 Nov 2026 04:29:21 GMT";
  react = () => ({ status: 200, headers: { date }, body: { major: "1", minor: "20" } });
  const { cluster } = await connected({}, { token: "t" });
  const time = await cluster.serverTime();
  expect(time).toBeGreaterThanOrEqual(Date.parse(date));
  expect(time).toBeLessThan(Date.parse(date) + 60_000);
});

/** A proxy that serves CONNECT. */
async function proxy(
  status: number,
): Promise<{ proxy: Server; url: string; asked: string[]; authorization: string[] }> {
  const asked: string[] = [];
  const authorization: string[] = [];
  const it = createServer();
  it.on("connect", (request, socket: Socket) => {
    asked.push(request.url ?? "");
    authorization.push(request.headers["proxy-authorization"] ?? "");
    socket.write(`HTTP/1.1 ${status} X\r\n\r\n`);
    if (status !== 200) {
      socket.end();
      return;
    }
    const [, port] = (request.url ?? "").split(":");
    const onward = connectTcp(Number(port), "127.0.0.1");
    onward.pipe(socket).pipe(onward);
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  await new Promise<void>((resolve) => it.listen(0, "127.0.0.1", resolve));
  return {
    proxy: it,
    url: `http://ann:pw@127.0.0.1:${(it.address() as AddressInfo).port}`,
    asked,
    authorization,
  };
}

test("through a proxy, TLS all the way to the server", async () => {
  const through = await proxy(200);
  react = () => OK;
  const connection = await connected({ "proxy-url": through.url }, { token: "t" });
  await read(connection);
  await read(connection);
  expect(through.asked).toEqual([new URL(server.url).host]);
  expect(through.authorization).toEqual([`Basic ${base64("ann:pw")}`]);
  connection.cluster.close();
  through.proxy.close();
});

test("a proxy that refuses is named, without its password", async () => {
  const through = await proxy(403);
  const connection = await connected(
    { "proxy-url": through.url },
    { token: "t" },
    { requestTimeoutMs: 300 },
  );
  const error = await read(connection).catch((caught: Error) => caught);
  expect(error).toMatchObject({ kind: "unreachable" });
  expect(String(error)).toMatch(/proxy 127\.0\.0\.1:\d+: it refused the connection to .* with 403/);
  expect(String(error)).not.toContain("pw");
  through.proxy.close();
});
