import type { PipeFile, Task } from "../../model/task.ts";
import type { KudoFields, ReportAt } from "./kudo-fields.ts";

/** Fields of a task. */
export const TASK_FIELDS: readonly string[] = ["name", "kind", "spec"];

/** The fields of `spec` that a kind uses. KUDO's `spec` is one for all kinds, and what a kind does not use is passed over. */
const USED: Readonly<Record<string, readonly string[]>> = {
  Apply: ["resources"],
  Delete: ["resources"],
  Toggle: ["resources", "parameter"],
  Dummy: ["wantErr", "fatal", "done"],
  Pipe: ["pod", "pipe"],
  KudoOperator: ["package", "instanceName", "appVersion", "operatorVersion", "parameterFile"],
};
const SPEC_FIELDS = [...new Set(Object.values(USED).flat())];

/** A task of a KUDO package; undefined for a kind that KUDO does not know. Reports what KUDO refuses on every load (compat section 1.5). */
export function kudoTask(
  entry: KudoFields,
  templates: ReadonlyMap<string, string>,
  report: ReportAt,
): Task | undefined {
  const name = entry.text("name") ?? "";
  const kind = entry.text("kind") ?? "";
  const spec = entry.struct("spec", SPEC_FIELDS);
  const needsTemplate = (key: string, offset: number) => {
    if (templates.has(key)) return;
    const message = `task "${name}" names template "${key}", and there is no templates/${key}`;
    report("error", "missing-template", message, offset);
  };
  const resources = () => {
    const keys = spec.texts("resources");
    const offsets = spec.items("resources") ?? [];
    for (const [index, key] of keys.entries())
      needsTemplate(key, offsets[index]?.offset ?? spec.offset);
    return keys;
  };
  const used = Object.hasOwn(USED, kind) ? USED[kind] : undefined;
  for (const field of used ? spec.names : []) {
    if (used?.includes(field)) continue;
    const message = `task "${name}" of kind ${kind} makes no use of ${field}`;
    report("warning", "unused-field", message, spec.at(field));
  }

  switch (kind) {
    case "Apply":
      return { kind, name, resources: resources() };
    case "Delete":
      return { kind, name, resources: resources() };
    case "Toggle": {
      const parameter = spec.text("parameter") ?? "";
      if (parameter === "")
        report("error", "missing-field", `task "${name}" toggles no parameter`, spec.offset);
      return { kind, name, resources: resources(), parameter };
    }
    case "Dummy":
      return {
        kind,
        name,
        wantErr: spec.flag("wantErr") ?? false,
        fatal: spec.flag("fatal") ?? false,
        done: spec.flag("done") ?? false,
      };
    case "Pipe": {
      const pod = spec.text("pod") ?? "";
      needsTemplate(pod, spec.at("pod"));
      const pipe = spec.structs("pipe", ["file", "envFile", "kind", "key"]).map(pipeFile);
      if (pipe.length === 0)
        report(
          "error",
          "missing-field",
          `task "${name}" keeps no file: pipe is empty`,
          spec.offset,
        );
      return { kind, name, pod, pipe };
    }
    case "KudoOperator": {
      const parameterFile = spec.text("parameterFile");
      if (parameterFile) needsTemplate(parameterFile, spec.at("parameterFile"));
      const instanceName = spec.text("instanceName");
      const appVersion = spec.text("appVersion");
      const operatorVersion = spec.text("operatorVersion");
      return {
        kind,
        name,
        package: spec.text("package") ?? "",
        ...(instanceName !== undefined && { instanceName }),
        ...(appVersion !== undefined && { appVersion }),
        ...(operatorVersion !== undefined && { operatorVersion }),
        ...(parameterFile !== undefined && { parameterFile }),
      };
    }
    default: {
      const message = `task "${name}": unknown kind ${JSON.stringify(kind)}; known are ${Object.keys(USED).join(", ")}`;
      report("error", "unknown-kind", message, entry.at("kind"));
      return undefined;
    }
  }
}

function pipeFile(entry: KudoFields): PipeFile {
  const file = entry.text("file");
  const envFile = entry.text("envFile");
  return {
    ...(file !== undefined && { file }),
    ...(envFile !== undefined && { envFile }),
    kind: entry.text("kind") ?? "",
    key: entry.text("key") ?? "",
  };
}
