import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { KplanError } from "../../model/kplan-error.ts";
import type { Access } from "./access.ts";
import { readKubeconfig } from "./kubeconfig.ts";
import { kubeconfigAccess } from "./kubeconfig-access.ts";

const folder = mkdtempSync(join(tmpdir(), "kplan-kubeconfig-"));
afterAll(() => rmSync(folder, { recursive: true }));

const PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const DATA = Buffer.from(PEM).toString("base64");
mkdirSync(join(folder, "certs"));
writeFileSync(join(folder, "certs/ca.pem"), PEM);
writeFileSync(join(folder, "certs/not.pem"), "hello");

let count = 0;
function write(text: string): string {
  count += 1;
  const file = join(folder, `config-${count}`);
  writeFileSync(file, text);
  return file;
}

function read(text: string, context?: string, env: Record<string, string> = {}): Access {
  return kubeconfigAccess(readKubeconfig([write(text)]), context, env);
}

function failure(run: () => unknown): KplanError {
  try {
    run();
  } catch (error) {
    if (error instanceof KplanError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

const config = (cluster: string, user = "{token: t}", rest = ""): string => `
apiVersion: v1
kind: Config
current-context: one
clusters: [{name: c, cluster: ${cluster}}]
users: [{name: u, user: ${user}}]
contexts:
- {name: one, context: {cluster: c, user: u, namespace: db}}
- {name: two, context: {cluster: c, user: u}}
${rest}`;
const SERVER = "{server: 'https://h:6443'}";
const now = (access: Access): Promise<unknown> =>
  access.credentials.current({ renew: false, signal: new AbortController().signal });

test("the current context, and another one", () => {
  const one = read(config(SERVER));
  expect(one).toMatchObject({ context: "one", namespace: "db", user: "u", simulated: false });
  expect(one.server.href).toBe("https://h:6443/");
  expect(read(config(SERVER), "two")).toMatchObject({ context: "two", namespace: "default" });
});

test.each<[string, string, string, Partial<Access["tls"]>]>([
  [
    "CA as data",
    `{server: 'https://h', certificate-authority-data: ${DATA}}`,
    "{}",
    { ca: PEM, verify: true },
  ],
  [
    "CA as a file beside the kubeconfig",
    "{server: 'https://h', certificate-authority: certs/ca.pem}",
    "{}",
    { ca: PEM },
  ],
  [
    "data counts before the file",
    `{server: 'https://h', certificate-authority: none, certificate-authority-data: ${DATA}}`,
    "{}",
    { ca: PEM },
  ],
  [
    "no verification",
    "{server: 'https://h', insecure-skip-tls-verify: true}",
    "{}",
    { ca: undefined, verify: false },
  ],
  ["another name", "{server: 'https://h', tls-server-name: api}", "{}", { servername: "api" }],
])("trust: %s", (_, cluster, user, tls) => {
  expect(read(config(cluster, user)).tls).toMatchObject(tls);
});

test.each<[string, string, object]>([
  ["nothing", "{}", {}],
  ["a token", "{token: abc}", { authorization: "Bearer abc" }],
  ["a token that looks like a number", "{token: '0123'}", { authorization: "Bearer 0123" }],
  ["a password", "{username: ann, password: pw}", { authorization: "Basic YW5uOnB3" }],
  ["a token file", "{tokenFile: certs/not.pem, token: abc}", { authorization: "Bearer hello" }],
  [
    "a certificate",
    `{client-certificate-data: ${DATA}, client-key: certs/ca.pem}`,
    { cert: PEM, key: PEM },
  ],
  [
    "a certificate and a token",
    `{client-certificate-data: ${DATA}, client-key-data: ${DATA}, token: t}`,
    { cert: PEM, key: PEM, authorization: "Bearer t" },
  ],
])("proof: %s", async (_, user, expected) => {
  expect(await now(read(config(SERVER, user)))).toEqual(expected);
});

test("impersonation", () => {
  const user = "{token: t, as: bob, as-uid: '7', as-groups: [a, b], as-user-extra: {Scope/x: [y]}}";
  expect(read(config(SERVER, user)).impersonation).toEqual({
    "impersonate-user": "bob",
    "impersonate-uid": "7",
    "impersonate-group": ["a", "b"],
    "impersonate-extra-scope%2Fx": ["y"],
  });
});

test.each<[string, string, string | undefined]>([
  ["https://h:6443", "https://h:6443/", undefined],
  ["h:6443", "https://h:6443/", undefined],
  ["https://h/k8s/clusters/c-1", "https://h/k8s/clusters/c-1", undefined],
  ["http://127.0.0.1:8001", "http://127.0.0.1:8001/", undefined],
  ["http://[::1]:8001", "http://[::1]:8001/", undefined],
  ["http://h:8001", "", "is not encrypted"],
  ["ftp://h", "", "is not an https URL"],
  ["https://", "", "is not a URL"],
])("server %s", (server, href, problem) => {
  const run = (): Access => read(config(`{server: '${server}'}`));
  if (problem === undefined) expect(run().server.href).toBe(href);
  else expect(failure(run).message).toContain(problem);
});

test.each<[string, string, string | undefined, string]>([
  ["empty", "", undefined, "the file is empty"],
  ["only space", "\n  \n", undefined, "the file is empty"],
  ["not YAML", "a: [1", undefined, "not YAML in line "],
  ["a list", "- a", undefined, "expected a map with clusters, users and contexts"],
  ["another kind", "kind: Pod", undefined, 'expected kind Config, found "Pod"'],
  ["clusters is a map", "clusters: {}\ncurrent-context: x", undefined, "clusters: expected a list"],
  [
    "an entry without a name",
    "users: [{user: {}}]",
    undefined,
    "users[0]: expected a map with a name",
  ],
  [
    "null lists, as kubectl writes them",
    "clusters: null\ncontexts: null\nusers: null",
    undefined,
    "no current context",
  ],
  ["no current context", "contexts: [{name: a, context: {}}]", undefined, "no current context: "],
  ["an unknown context", config(SERVER), "on", 'no context "on", did you mean "one"?: '],
  [
    "a context without a cluster",
    "current-context: a\ncontexts: [{name: a, context: {}}]",
    undefined,
    'context "a" names no cluster',
  ],
  [
    "an unknown cluster",
    "current-context: a\ncontexts: [{name: a, context: {cluster: prod}}]\nclusters: [{name: prood, cluster: {}}]",
    undefined,
    'names the cluster "prod", which is not in clusters, did you mean "prood"?',
  ],
  ["a cluster without a server", config("{}"), undefined, 'cluster "c" has no server'],
  [
    "a CA that is not base64 of PEM",
    config("{server: 'https://h', certificate-authority-data: aGVsbG8=}"),
    undefined,
    "certificate-authority-data is not base64 of a PEM file",
  ],
  [
    "a CA file that is not there",
    config("{server: 'https://h', certificate-authority: none.pem}"),
    undefined,
    "cannot read certificate-authority",
  ],
  [
    "a CA file that is not PEM",
    config("{server: 'https://h', certificate-authority: certs/not.pem}"),
    undefined,
    "is not a PEM file",
  ],
  [
    "a certificate without a key",
    config(SERVER, `{client-certificate-data: ${DATA}}`),
    undefined,
    "has a client certificate but no key",
  ],
  [
    "a proxy that is none",
    config("{server: 'https://h', proxy-url: 'ftp://p'}"),
    undefined,
    "cannot be used as a proxy",
  ],
  [
    "a plugin without a command",
    config(SERVER, "{exec: {apiVersion: client.authentication.k8s.io/v1}}"),
    undefined,
    "exec has no command",
  ],
  [
    "a plugin of an old version",
    config(SERVER, "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}}"),
    undefined,
    "expected client.authentication.k8s.io/v1 or",
  ],
  [
    "an alias bomb",
    `a: &a [x,x]\n${"bcdefghijklmnopqrstuvwxyz"
      .split("")
      .map((c, i) => `${c}: &${c} [${`*${String.fromCharCode(97 + i)},`.repeat(9)}]`)
      .join("\n")}`,
    undefined,
    "not YAML",
  ],
])("refused: %s", (_, text, context, message) => {
  const error = failure(() => read(text, context));
  expect(error.kind).toBe("bad-input");
  expect(error.message).toContain(message);
  expect(error.message).toMatch(/config-\d+/);
  expect(error.hint).toBeTruthy();
});

test("a file that is not there, and one that is a folder", () => {
  expect(failure(() => readKubeconfig([join(folder, "none")])).message).toMatch(
    /none: no such file$/,
  );
  expect(failure(() => readKubeconfig([folder])).message).toMatch(/it is a folder$/);
});

test("several files: of each name, and of the current context, the first counts", () => {
  const first = write(
    "current-context: a\nclusters: [{name: c, cluster: {server: 'https://first'}}]",
  );
  const second = write(
    "current-context: b\nclusters: [{name: c, cluster: {server: 'https://second'}}]\ncontexts: [{name: a, context: {cluster: c}}]",
  );
  const access = kubeconfigAccess(readKubeconfig([first, second]), undefined, {});
  expect(access).toMatchObject({ context: "a", user: undefined });
  expect(access.server.host).toBe("first");
});

test("secrets are in no message", () => {
  const error = failure(() =>
    read(config("{server: 'https://h', proxy-url: 'ftp://ann:pw@p'}", "{token: s3cret}")),
  );
  expect(JSON.stringify([error.message, error.hint])).not.toMatch(/pw|s3cret/);
});
