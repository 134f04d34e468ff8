import { Argument } from "commander";
import type { InstalledKind } from "../../actions/instance/list-installed.ts";
import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { EXIT } from "../exit-code.ts";
import { clusterFlags } from "../global-options.ts";
import { age } from "../output/duration.ts";
import { table } from "../output/table.ts";
import { addOutputOption } from "../run-options.ts";
import { type AddCommand, examples } from "./command.ts";

/** `kplan get instances | operators | operatorversions` */
export const addGet: AddCommand = (program, deps, run) => {
  const command = program
    .command("get")
    .addArgument(
      new Argument("<kind>", "what to list").choices([
        "instances",
        "operators",
        "operatorversions",
      ]),
    )
    .description("list what is installed in the namespace");
  addOutputOption(command);
  examples(command, [["kplan get instances", "name, version, plan and status of each"]]);
  command.action((kind: InstalledKind, options) =>
    run(async () => {
      const { listInstalled } = await import("../../actions/instance/list-installed.ts");
      const session = await deps.connect(clusterFlags(command));
      try {
        const objects = await listInstalled(session, kind);
        if (options.output) {
          const { printValue } = await import("../output/values.ts");
          await printValue(objects, options.output, deps.terminal);
        } else if (objects.length === 0) {
          deps.terminal.err(`no ${kind} in namespace ${session.namespace}\n`);
        } else {
          deps.terminal.out(installedTable(kind, objects, deps.clock.now()));
        }
        return EXIT.ok;
      } finally {
        session.cluster.close();
      }
    }),
  );
};

/** Columns of each kind. */
function installedTable(kind: InstalledKind, objects: readonly KubeObject[], now: Date): string {
  switch (kind) {
    case "instances":
      return table(
        ["NAME", "OPERATOR-VERSION", "PLAN", "STATUS", "AGE"],
        objects.map((object) => [
          object.metadata.name,
          text(object, "spec", "operatorVersion", "name"),
          ...lastPlan(object),
          ageOf(object, now),
        ]),
      );
    case "operators":
      return table(
        ["NAME", "DESCRIPTION", "AGE"],
        objects.map((object) => [
          object.metadata.name,
          text(object, "spec", "description"),
          ageOf(object, now),
        ]),
      );
    case "operatorversions":
      return table(
        ["NAME", "OPERATOR", "VERSION", "APP-VERSION", "AGE"],
        objects.map((object) => [
          object.metadata.name,
          text(object, "spec", "operator", "name"),
          text(object, "spec", "version"),
          text(object, "spec", "appVersion"),
          ageOf(object, now),
        ]),
      );
  }
}

/** Name and status of the plan that runs or last ran. */
function lastPlan(instance: KubeObject): [string, string] {
  const status = instance.status;
  const plans = isMap(status) && isMap(status.planStatus) ? status.planStatus : {};
  let last: { name: string; status: string; at: string } | undefined;
  for (const [name, plan] of Object.entries(plans)) {
    if (!isMap(plan) || plan.status === "NEVER_RUN") continue;
    const at = String(plan.lastUpdatedTimestamp ?? "");
    if (!last || at > last.at) last = { name, status: String(plan.status), at };
  }
  return last ? [last.name, last.status] : ["", ""];
}

function text(object: KubeObject, ...path: readonly string[]): string {
  let value: unknown = object;
  for (const key of path) value = isMap(value) ? value[key] : undefined;
  return value === undefined || value === null ? "" : String(value);
}

function ageOf(object: KubeObject, now: Date): string {
  const created = object.metadata.creationTimestamp;
  return created ? age(created, now) : "";
}
