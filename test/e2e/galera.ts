import { type Found, kubectl, object, objects } from "./kubectl.ts";
import { until } from "./until.ts";

/** The default instance of the Galera package, as its parts are named. */
export const INSTANCE = "galera-instance";
/** The operator's own account. */
export const WATCHER = "galera-operator";
const BOOTSTRAP_PODS = `app.kubernetes.io/instance=${INSTANCE},app.kubernetes.io/component=bootstrap`;
const MEMBER_PODS = `app.kubernetes.io/instance=${INSTANCE},app.kubernetes.io/component=member`;

/** What one member says of its cluster. */
export interface MemberState {
  readonly pod: string;
  readonly size: string;
  readonly status: string;
  readonly state: string;
  readonly uuid: string;
}

/** Name of member `n`. */
export function member(n: number): string {
  return `${INSTANCE}-galera-${n}`;
}

/** The members' pods, by name. */
export function memberPods(namespace: string): Promise<readonly Found[]> {
  return objects(namespace, "pods", MEMBER_PODS);
}

/** The bootstrap node's pods. */
export function bootstrapPods(namespace: string): Promise<readonly Found[]> {
  return objects(namespace, "pods", BOOTSTRAP_PODS);
}

/** Asks a server over its socket, by the operator's own account. */
export async function memberState(namespace: string, pod: string): Promise<MemberState> {
  const text = await kubectl(namespace, [
    "exec",
    pod,
    "-c",
    "mariadb",
    "--",
    "mariadb",
    "--defaults-file=/run/mysqld/my.cnf",
    "-BNe",
    "SHOW GLOBAL STATUS LIKE 'wsrep%'",
  ]);
  const values = new Map(text.split("\n").map((line) => line.split("\t") as [string, string]));
  const value = (name: string): string => values.get(name) ?? "";
  return {
    pod,
    size: value("wsrep_cluster_size"),
    status: value("wsrep_cluster_status"),
    state: value("wsrep_local_state_comment"),
    uuid: value("wsrep_cluster_state_uuid"),
  };
}

/** What every member says. */
export async function memberStates(namespace: string): Promise<readonly MemberState[]> {
  const pods = await memberPods(namespace);
  return await Promise.all(pods.map(({ metadata }) => memberState(namespace, metadata.name)));
}

/** What those members say that answer. */
export async function answeringMembers(namespace: string): Promise<readonly MemberState[]> {
  const pods = await memberPods(namespace);
  const answers = await Promise.all(
    pods.map(({ metadata }) => memberState(namespace, metadata.name).catch(() => undefined)),
  );
  return answers.filter((answer) => answer !== undefined);
}

/** Runs SQL as root in a member's pod: on that member itself, or through the client Service. Gives the lines that came back. */
export async function sql(
  namespace: string,
  at: { readonly pod: string; readonly through?: "socket" | "service" },
  statement: string,
): Promise<readonly string[]> {
  const root = await password(namespace, "MYSQL_ROOT_PASSWORD");
  const where = at.through === "service" ? `-h ${INSTANCE}-cs` : "-S /run/mysqld/mysqld.sock";
  // The password goes in by standard input, so that it is in no process list.
  const script = `read -r MYSQL_PWD; export MYSQL_PWD; exec mariadb --no-defaults ${where} -uroot -BN`;
  const args = ["exec", "-i", at.pod, "-c", "mariadb", "--", "bash", "-c", script];
  const text = await kubectl(namespace, args, `${root}\n${statement}\n`);
  return text.split("\n").filter((line) => line !== "");
}

/** A password as the instance's Secret has it, by the name of its parameter. */
export async function password(namespace: string, name: string): Promise<string> {
  const secret = await object(namespace, "secret", `${INSTANCE}-secrets`);
  return Buffer.from(secret?.data?.[name] ?? "", "base64").toString();
}

/** Pod UID and restart count of each member, which a change without restarts leaves as they are. */
export async function identities(namespace: string): Promise<Readonly<Record<string, string>>> {
  const pods = await memberPods(namespace);
  return Object.fromEntries(
    pods.map(({ metadata, status }) => {
      const restarts = status?.containerStatuses?.map(({ restartCount }) => restartCount);
      return [metadata.name, `${metadata.uid}, restarts ${restarts?.join()}`];
    }),
  );
}

/** Names of what is left of the bootstrap: Deployment, Service, ConfigMap, claim and pods. */
export async function bootstrapObjects(namespace: string): Promise<readonly string[]> {
  const kinds = "deployments,services,configmaps,persistentvolumeclaims,pods";
  const found = await objects(namespace, kinds);
  return found.map(({ metadata }) => metadata.name).filter((name) => name.includes("bootstrap"));
}

/** Deletes a member's pod and waits until the new one is ready. */
export async function restartMember(namespace: string, n: number): Promise<void> {
  await kubectl(namespace, ["delete", "pod", member(n)]);
  await until(
    `member ${n} is ready again`,
    async () => {
      const pod = (await memberPods(namespace)).find(({ metadata }) => metadata.name === member(n));
      return pod?.status?.containerStatuses?.every(({ ready }) => ready) || undefined;
    },
    { within: 3 * 60_000 },
  );
}
