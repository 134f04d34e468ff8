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

/** `kplan get instances | operators | operatorversions | all` */
export const addGet: AddCommand = (program, deps, run) => {
  const command = program
    .command("get")
    .addArgument(
      new Argument("<kind>", "what to list").choices([
        "instances",
        "operators",
        "operatorversions",
        "all",
      ]),
    )
    .description("list what is installed in the namespace");
  addOutputOption(command);
  examples(command, [
    ["kplan get instances", "name, version, plan and status of each"],
    ["kplan get all", "operators with their versions and instances"],
  ]);
  command.action((kind: InstalledKind | "all", options) =>
    run(async () => {
      const { listInstalled } = await import("../../actions/instance/list-installed.ts");
      const session = await deps.connect(clusterFlags(command));
      try {
        const kinds = kind === "all" ? KINDS : [kind];
        const lists = await Promise.all(kinds.map((one) => listInstalled(session, one)));
        const objects = lists.flat();
        if (options.output) {
          const { printValue } = await import("../output/values.ts");
          await printValue(objects, options.output, deps.terminal);
        } else if (objects.length === 0) {
          const what = kind === "all" ? "operators" : kind;
          deps.terminal.err(`no ${what} in namespace ${session.namespace}\n`);
        } else if (kind === "all") {
          const { operatorsTree } = await import("../output/operators-tree.ts");
          const [operators = [], versions = [], instances = []] = lists;
          deps.terminal.out(operatorsTree({ operators, versions, instances }, statusText));
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

/** In the order that `all` lists them. */
const KINDS: readonly InstalledKind[] = ["operators", "operatorversions", "instances"];

/** `galera-instance (deploy COMPLETE)` */
function statusText(instance: KubeObject): string {
  const last = lastPlan(instance).filter((word) => word !== "");
  return `${instance.metadata.name}${last.length > 0 ? ` (${last.join(" ")})` : ""}`;
}

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
