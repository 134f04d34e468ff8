import { expect } from "vitest";
import type { KubeObject } from "../../../src/model/kube-object.ts";
import { type Api, eventually } from "../../support/api.ts";
import { type CliResult, cli } from "../../support/cli.ts";
import { collectionOf, type KudosInstance, leaveAsKudo } from "../../support/kudos-hand.ts";
import { SHOP } from "./shop.ts";

/** A namespace of a cluster in which KUDO had been, and how to look at it. */
export interface Site {
  readonly namespace: string;
  /** Leaves the instance `db` of SHOP there as KUDO would have; the uid of the Instance. */
  left(more?: Partial<KudosInstance>): Promise<string>;
  /** A command line; a text gets the namespace. */
  kplan(line: string | readonly string[]): Promise<CliResult>;
  succeed(line: string): Promise<CliResult>;
  pathOf(kind: string, name: string): string;
  get(kind: string, name: string): Promise<KubeObject | undefined>;
  /** As somebody with `kubectl edit`. */
  annotate(kind: string, name: string, key: string, value: string): Promise<void>;
  /** uids of the ready pods, by name or, of a Deployment, by its name; waits until there are so many. */
  pods(ready: number, only?: string): Promise<Record<string, string>>;
  /** Versions of all that KUDO made, which an adoption does not touch; without what changes by itself. */
  versions(): Promise<Record<string, unknown>>;
  statusOf(plan: string): Promise<string | undefined>;
}

/** The site in a namespace that is there. */
export function siteAt(at: {
  readonly api: Api;
  readonly namespace: string;
  /** Folder of the program's home, and file of the kubeconfig. */
  readonly home: string;
  readonly kubeconfig: string;
}): Site {
  const { api, namespace, home, kubeconfig } = at;
  const site: Site = {
    namespace,
    left: (more = {}) => leaveAsKudo(api, { namespace, name: "db", files: SHOP, ...more }),
    kplan(line) {
      const words = typeof line === "string" ? [...line.split(" "), "-n", namespace] : line;
      return cli(words, { home, env: { KUBECONFIG: kubeconfig } });
    },
    async succeed(line) {
      const result = await site.kplan(line);
      expect(result, `${line}\n${result.stdout}${result.stderr}`).toMatchObject({ code: 0 });
      return result;
    },
    pathOf(kind, name) {
      const apiVersion = API[kind] ?? "v1";
      return `${collectionOf({ apiVersion, kind, metadata: { name, namespace } })}/${name}`;
    },
    async get(kind, name) {
      const { status, body } = await api.get(site.pathOf(kind, name));
      return status === 404 ? undefined : body;
    },
    async annotate(kind, name, key, value) {
      const metadata = { annotations: { [key]: value } };
      await api.patch(`${site.pathOf(kind, name)}?fieldManager=kubectl-edit`, "merge-patch", {
        metadata,
      });
    },
    async pods(ready, only) {
      const { body } = await eventually(
        () => api.get(`/api/v1/namespaces/${namespace}/pods`),
        ({ body: list }) => running(list.items).length === ready,
        180_000,
      );
      return Object.fromEntries(
        running(body.items).flatMap(({ metadata }) => {
          const name = metadata.name.startsWith("db-web") ? "db-web" : metadata.name;
          return only === undefined || only === name ? [[name, metadata.uid ?? ""]] : [];
        }),
      );
    },
    async versions() {
      const lists = await Promise.all(
        ["ConfigMap", "Secret", "Service", "StatefulSet", "Deployment", "Job"].map(async (kind) => {
          const apiVersion = API[kind] ?? "v1";
          const path = collectionOf({ apiVersion, kind, metadata: { name: "", namespace } });
          const { body } = await api.get(`${path}?labelSelector=heritage%3Dkudo`);
          return (body.items as KubeObject[]).map((object) => [
            `${kind} ${object.metadata.name}`,
            { ...object, status: undefined, metadata: { ...object.metadata, ...BY_ITSELF } },
          ]);
        }),
      );
      return Object.fromEntries(lists.flat());
    },
    async statusOf(plan) {
      const { status } = (await site.get("Instance", "db")) as {
        status?: { planStatus?: Record<string, { status: string }> };
      };
      return status?.planStatus?.[plan]?.status;
    },
  };
  return site;
}

/** Of an object's metadata, with its status. */
const BY_ITSELF = { resourceVersion: "", managedFields: [] };

const API: Readonly<Record<string, string>> = {
  Instance: "kudo.dev/v1beta1",
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  Job: "batch/v1",
};

function running(items: readonly KubeObject[]): readonly KubeObject[] {
  return items.filter(({ metadata, status }) => {
    const { conditions = [] } = (status ?? {}) as {
      conditions?: { type: string; status: string }[];
    };
    const isReady = conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
    return isReady && metadata.deletionTimestamp === undefined;
  });
}

/** Names whose pods are the same in both. */
export function shared(a: Record<string, string>, b: Record<string, string>): string[] {
  return Object.keys(a).filter((name) => a[name] === b[name]);
}

/** The containers of a workload. */
export function podSpecOf(object: KubeObject | undefined): {
  readonly containers: readonly { readonly name: string; readonly env?: readonly unknown[] }[];
} {
  const spec = object?.spec as { template: { spec: never } } | undefined;
  return spec?.template.spec ?? { containers: [] };
}
