import { listInstalled } from "../../actions/instance/list-installed.ts";
import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import type { Session } from "../deps.ts";

/** What is installed in a namespace, for telling later what is new. */
export interface Installed {
  readonly operators: readonly KubeObject[];
  readonly versions: readonly KubeObject[];
}

/** Reads what is installed: two concurrent requests. */
export async function readInstalled(session: Session): Promise<Installed> {
  const [operators, versions] = await Promise.all([
    listInstalled(session, "operators"),
    listInstalled(session, "operatorversions"),
  ]);
  return { operators, versions };
}

/**
 * KUDO's lines about Operators and OperatorVersions that an install or upgrade has made: the package's own operator, then what it depends on, then its own version, which may
 * have been there already.
 * @param own name of the package's own OperatorVersion
 */
export function installedLines(
  namespace: string,
  before: Installed,
  after: Installed,
  own: string | undefined,
): string {
  const isNew = (list: readonly KubeObject[], { metadata }: KubeObject): boolean =>
    !list.some((object) => object.metadata.uid === metadata.uid);
  const newOperators = after.operators.filter((object) => isNew(before.operators, object));
  const newVersions = after.versions.filter((object) => isNew(before.versions, object));
  const ownVersion = after.versions.find(({ metadata }) => metadata.name === own);
  const ownOperator = ownVersion && operatorOf(ownVersion);
  const line = (kind: string, name: string, word: string): string =>
    `${kind} ${namespace}/${name} ${word}\n`;
  const operatorLines = (name: string | undefined): string[] =>
    newOperators
      .filter(({ metadata }) => metadata.name === name)
      .map(({ metadata }) => line("operator", metadata.name, "created"));
  const others = newVersions
    .filter(({ metadata }) => metadata.name !== own)
    .flatMap((version) => [
      ...(operatorOf(version) === ownOperator ? [] : operatorLines(operatorOf(version))),
      line("operatorversion", version.metadata.name, "created"),
    ]);
  const isThere = ownVersion !== undefined && !newVersions.includes(ownVersion);
  const last =
    ownVersion === undefined
      ? []
      : [
          line(
            "operatorversion",
            ownVersion.metadata.name,
            isThere ? "already installed" : "created",
          ),
        ];
  return [...operatorLines(ownOperator), ...new Set(others), ...last].join("");
}

/** Name of an OperatorVersion's operator. */
function operatorOf({ spec }: KubeObject): string | undefined {
  const operator = isMap(spec) && isMap(spec.operator) ? spec.operator : undefined;
  return typeof operator?.name === "string" ? operator.name : undefined;
}
