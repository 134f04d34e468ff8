import { afterAll, beforeAll, expect, test } from "vitest";
import { type Authority, newAuthority } from "./certificate.ts";
import { expectCluster, expectRowEverywhere, expectRows } from "./expect-cluster.ts";
import { identities, member, restartMember } from "./galera.ts";
import { GALERA, kplan, succeed } from "./kplan.ts";
import { kubectl, object } from "./kubectl.ts";
import { expectNoSecrets } from "./no-secrets.ts";
import { useNamespace } from "./use-namespace.ts";

const namespace = useNamespace("kp-galera-tls");
const SECRET = "members-tls";
const authorities: Authority[] = [];
let uuid = "";
let before: Readonly<Record<string, string>> = {};

/** What a member shows when it asks another. */
const OWN = "-cert /run/mysqld/tls/tls.crt -key /run/mysqld/tls/tls.key";

/** What the Secret of a certificate holds, in base64. */
type Certificate = Readonly<Record<"ca.crt" | "tls.crt" | "tls.key", string>>;

beforeAll(async () => {
  authorities.push(await newAuthority(), await newAuthority());
});
afterAll(async () => {
  for (const authority of authorities) await authority.remove();
});

test("members encrypt among each other and to clients, from the first copy on", async () => {
  await put(await newCertificate(0));
  await succeed(namespace, "install", GALERA, "-p", "TLS_MODE=given", "-p", `TLS_SECRET=${SECRET}`);
  uuid = await expectCluster(namespace, 3);
  await expectRowEverywhere(namespace, 3, 1);
  before = await identities(namespace);

  for (let n = 0; n < 3; n++) {
    expect(await inPod(n, client("--ssl", "SHOW STATUS LIKE 'Ssl_cipher'"))).toMatch(/TLS_|ECDHE/);
    expect(await inPod(n, connect("4567", OWN))).toMatch(/Verify return code: 0/);
    // A member that shows no certificate is not let in.
    expect(await inPod(n, connect("4567", "-tls1_2"))).toMatch(/alert|handshake failure/);
  }
});

test("a certificate of another CA at once is refused on every member, and nothing is changed", async () => {
  const good = await read();
  const shown = await shownByAll();
  await put(await newCertificate(1));

  const { code, stdout, stderr } = await kplan(namespace, ...ROTATE);

  expect(code).toBe(1);
  expect(stdout + stderr).toMatch(/are of different CAs, so members would refuse each other/);
  expect(await shownByAll()).toEqual(shown);
  await put(good);
  await succeed(namespace, ...ROTATE);
});

test("a key that is not the certificate's is refused, and nothing is changed", async () => {
  const good = await read();
  const shown = await shownByAll();
  const [one, other] = [await newCertificate(0), await newCertificate(0)];
  await put({ ...one, "tls.key": other["tls.key"] });

  const { code, stdout, stderr } = await kplan(namespace, ...ROTATE);

  expect(code).toBe(1);
  expect(stdout + stderr).toMatch(/tls.key of the Secret is not the key of tls.crt/);
  expect(await shownByAll()).toEqual(shown);
  await put(good);
  await succeed(namespace, ...ROTATE);
});

test("another CA in three rotations: nobody restarts, and the members stay together", async () => {
  const old = await read();
  const fresh = await newCertificate(1);
  const bundle = Buffer.concat([decoded(old["ca.crt"]), decoded(fresh["ca.crt"])]);

  await put({ ...old, "ca.crt": bundle.toString("base64") });
  await succeed(namespace, ...ROTATE);
  await put({ ...fresh, "ca.crt": bundle.toString("base64") });
  await succeed(namespace, ...ROTATE);
  await put(fresh);
  await succeed(namespace, ...ROTATE);

  const shown = await shownByAll();
  expect(new Set(shown).size).toBe(1);
  expect(shown[0]).toBe(await inPod(0, "openssl x509 -noout -fingerprint -in /tls/tls.crt"));
  expect(await identities(namespace)).toEqual(before);
  expect(await expectCluster(namespace, 3)).toBe(uuid);
});

test("a member that starts anew joins by the new CA, and a new one copies by it", async () => {
  await restartMember(namespace, 2);
  await succeed(namespace, "update", "-p", "NODE_COUNT=5");
  expect(await expectCluster(namespace, 5)).toBe(uuid);
  await expectRowEverywhere(namespace, 5, 2);
  await succeed(namespace, "update", "-p", "NODE_COUNT=3");
  await expectNoSecrets(namespace);
});

test("clients that do not encrypt are refused where they must", async () => {
  expect(await inPod(0, client("--skip-ssl", "SELECT 1"))).toBe("1\n");
  await succeed(namespace, "update", "-p", "TLS_REQUIRED=true");
  expect(await expectCluster(namespace, 3)).toBe(uuid);
  expect(await inPod(0, client("--skip-ssl", "SELECT 1"))).toMatch(/ERROR 1045/);
  expect(await inPod(0, client("--ssl", "SELECT 1"))).toBe("1\n");
});

test("encryption is not turned off while members run", async () => {
  const { code, stdout, stderr } = await kplan(namespace, "update", "-p", "TLS_MODE=off");
  expect(code).not.toBe(0);
  expect(stdout + stderr).toMatch(/TLS_MODE/);
  expect(await expectCluster(namespace, 3)).toBe(uuid);
});

test("stopped as a whole, the cluster comes back without encryption and with its rows", async () => {
  await succeed(namespace, "uninstall");
  await succeed(namespace, "install", GALERA, "--reuse-claims");
  expect(await expectCluster(namespace, 3)).toBe(uuid);
  await expectRows(namespace, 3, 2);
  expect(
    await inPod(0, "mariadb --defaults-file=/run/mysqld/my.cnf -BNe 'SELECT @@have_ssl'"),
  ).toBe("DISABLED\n");
});

test("and again with certificates that the members make themselves, which clients can verify", async () => {
  await succeed(namespace, "uninstall");
  await succeed(namespace, "install", GALERA, "--reuse-claims", "-p", "TLS_MODE=generate");
  expect(await expectCluster(namespace, 3)).toBe(uuid);
  await expectRows(namespace, 3, 2);

  const ca = (await object(namespace, "configmap", "galera-instance-ca"))?.data?.["ca.crt"] ?? "";
  for (let n = 0; n < 3; n++) {
    const asked = `cat > /tmp/ca.crt; timeout 10 openssl s_client -starttls mysql -connect $POD_IP:3306 -CAfile /tmp/ca.crt -verify_return_error -verify_hostname galera-instance-cs.${namespace}.svc < /dev/null 2>&1 || true`;
    expect(await inPod(n, asked, ca)).toMatch(/Verify return code: 0/);
  }
});

test("they make themselves new ones without a restart, and a new member copies by its own", async () => {
  const [shown, pods] = [await shownByAll(), await identities(namespace)];
  expect(new Set(shown).size).toBe(3);

  await succeed(namespace, ...ROTATE);

  const after = await shownByAll();
  expect(after.filter((one) => shown.includes(one))).toEqual([]);
  expect(await identities(namespace)).toEqual(pods);
  await kubectl(namespace, ["delete", "pvc", `data-${member(3)}`, "--ignore-not-found"]);
  await succeed(namespace, "update", "-p", "NODE_COUNT=5");
  expect(await expectCluster(namespace, 5)).toBe(uuid);
  await expectRowEverywhere(namespace, 5, 3);
  await expectNoSecrets(namespace);
});

const ROTATE = ["plan", "trigger", "rotate_certificates"];

/** A certificate of one of the two authorities. */
async function newCertificate(authority: 0 | 1): Promise<Certificate> {
  await authorities[authority]?.renew(namespace, "scratch");
  return await read("scratch");
}

async function read(name = SECRET): Promise<Certificate> {
  const data = (await object(namespace, "secret", name))?.data ?? {};
  const value = (key: string): string => data[key] ?? "";
  return {
    "ca.crt": value("ca.crt"),
    "tls.crt": value("tls.crt"),
    "tls.key": value("tls.key"),
  };
}

async function put(data: Certificate): Promise<void> {
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: SECRET }, data };
  await kubectl(namespace, ["apply", "-f", "-"], JSON.stringify(secret));
}

function decoded(base64: string): Buffer {
  return Buffer.from(base64, "base64");
}

/** Fingerprints of the certificates that three members show to the other members. */
async function shownByAll(): Promise<readonly string[]> {
  const script = `${connect("4567", OWN)} | openssl x509 -noout -fingerprint`;
  return await Promise.all([0, 1, 2].map((n) => inPod(n, script)));
}

/** Asks a port of the pod's own for a TLS session. */
function connect(port: string, options: string): string {
  return `{ timeout 10 openssl s_client -connect $POD_IP:${port} -CAfile /run/mysqld/tls/ca.crt ${options} < /dev/null 2>&1 || true; }`;
}

/** Asks over the network, as an account that may only come in. */
function client(options: string, statement: string): string {
  return `MYSQL_PWD=$(cat /secrets/SST_PASSWORD) mariadb --no-defaults -h $POD_IP -u$SST_USER ${options} -BNe "${statement}" 2>&1 || true`;
}

function inPod(n: number, script: string, stdin = ""): Promise<string> {
  const args = ["exec", "-i", member(n), "-c", "mariadb", "--", "bash", "-c", script];
  return kubectl(namespace, args, stdin);
}
