import { errorIssue, type Issue } from "../../model/issue.ts";
import { refuse } from "../../model/kplan-error.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { ParameterValues } from "../../model/parameter.ts";
import { randomUuid } from "../../model/random.ts";
import { readKudoObjects } from "../../render/read-kudo-objects.ts";
import { renderKudoTemplate } from "../../render/render-kudo-template.ts";
import type { ActionContext } from "../context.ts";

/**
 * The namespace that `--create-namespace` makes: of a KUDO package as its `namespaceManifest` says (compat section 3.6), which sees the parameters with their defaults (D-14), and
 * neither plan nor pipes. Of that name in any case. Throws a `bad-input` KplanError when the manifest does not give one Namespace.
 * @param instance name of the instance that is to be made there
 */
export function wantedNamespace(
  { namespace, clock }: Pick<ActionContext, "namespace" | "clock">,
  pkg: OperatorPackage,
  instance: string,
  values: ParameterValues,
): KubeObject {
  const bare = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
  if (pkg.dialect === "native") return bare;
  const { operator } = pkg;
  const { namespaceManifest: key } = operator;
  if (key === undefined || key === "") return byKudo(bare);
  const text = pkg.templates.get(key);
  const at = pkg.placeOf("operator.yaml", ["namespaceManifest"]);
  const said = `the namespaceManifest "${key}"`;
  if (text === undefined)
    refuse(pkg.source, [errorIssue("missing-template", `${said} is not among the templates`, at)]);
  const scope = {
    Name: instance,
    Namespace: namespace,
    OperatorName: operator.name,
    OperatorVersion: operator.operatorVersion,
    AppVersion: operator.appVersion ?? "",
    Params: values,
  };
  const constants = { seed: randomUuid(), startedAt: clock.now().toISOString() };
  const issues: Issue[] = [];
  const rendered = renderKudoTemplate({ key, text, scope, constants, declared: pkg.parameters });
  const objects = readKudoObjects(rendered, key, issues, namespace).map(({ object }) => object);
  const [object, ...others] = objects;
  if (issues.length > 0) refuse(pkg.source, issues);
  if (object?.kind === "Namespace" && object.apiVersion === "v1" && others.length === 0)
    return byKudo(object);
  refuse(pkg.source, [errorIssue("not-a-namespace", `${said} must give one Namespace`, at)]);
}

/** As KUDO's command marked what it made. */
function byKudo(object: KubeObject): KubeObject {
  const { annotations, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...annotations, "created-by": "kudo-cli" } },
  };
}
