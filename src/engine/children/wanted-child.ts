import { dependencyVersion } from "../../model/dependency.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { KUDO_API_VERSION } from "../../model/names.ts";
import type { RunInputs } from "../../model/run.ts";
import type { KudoOperatorTask } from "../../model/task.ts";
import { renderKudoTemplate } from "../../render/render-kudo-template.ts";
import type { WantedChild } from "./children.ts";

/**
 * What a KudoOperator task wants (compat section 5.2): an instance in the parent's namespace, `<parent>-<operator>` where the task gives it no name, with the parameters that
 * its file renders to. The file sees the parent's names and parameters, and neither plan nor pipes. Throws a `bad-input` KplanError when it does not render.
 */
export function wantedChild(
  task: KudoOperatorTask,
  inputs: Pick<RunInputs, "pkg" | "instance" | "parameters" | "constants">,
): WantedChild {
  const { name: parent, namespace, uid } = inputs.instance;
  const operatorVersion = dependencyVersion(task);
  if (operatorVersion === undefined)
    throw new KplanError(
      "unknown-dependency",
      `task ${task.name} needs package ${task.package || "of no name"}, and which version that is was not found out when the operator was installed`,
      { kind: "bad-input", hint: "`kplan upgrade PACKAGE` with its package finds it out" },
    );
  const name = task.instanceName || `${parent}-${task.package}`;
  const text = parametersOf(task, inputs);
  return {
    ref: { apiVersion: KUDO_API_VERSION, kind: "Instance", namespace, name },
    operatorVersion,
    ...(text !== undefined && { parameters: { file: task.parameterFile ?? "", text } }),
    parent: { apiVersion: KUDO_API_VERSION, kind: "Instance", name: parent, uid },
  };
}

function parametersOf(
  { parameterFile: key, name }: KudoOperatorTask,
  { pkg, instance, parameters, constants }: Parameters<typeof wantedChild>[1],
): string | undefined {
  if (!key) return undefined;
  const text = pkg.templates.get(key);
  if (text === undefined)
    throw new KplanError("missing-template", `task ${name}: there is no template ${key}`, {
      kind: "bad-input",
    });
  const { operator } = pkg;
  const scope = {
    Name: instance.name,
    Namespace: instance.namespace,
    OperatorName: operator.name,
    OperatorVersion: operator.operatorVersion,
    AppVersion: operator.appVersion ?? "",
    Params: parameters,
  };
  return renderKudoTemplate({ key, text, scope, constants, declared: pkg.parameters });
}
