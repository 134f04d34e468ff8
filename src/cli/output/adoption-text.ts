import type { Adoption } from "../../actions/adopt/adopt.ts";
import type { Migration } from "../../actions/adopt/migrate.ts";
import { refText } from "../../model/kube-object.ts";
import { pathText } from "../../model/run.ts";
import { paint, type Terminal } from "../terminal.ts";

type Colors = Pick<Terminal, "colors">;

/** What was taken over of an instance of KUDO's, those that it owns before it. */
export function adoptionText(adoption: Adoption, terminal: Colors): string {
  const own = [headOf(adoption), ...detailsOf(adoption, terminal)];
  return adoption.children.map((child) => adoptionText(child, terminal)).join("") + textOf(own);
}

/** What a migration did, instance by instance, and a count at the end. */
export function migrationText(migration: Migration, dryRun: boolean, terminal: Colors): string {
  const { removed, adopted, failed } = migration;
  const would = dryRun ? "would be " : "";
  const count = adopted.filter(({ state }) => state !== "kplans").length;
  const last = [
    `${count} ${count === 1 ? "instance" : "instances"} ${would}taken over`,
    ...(failed.length > 0 ? [`${failed.length} not`] : []),
  ].join(", ");
  return [
    ...adopted.map((adoption) => adoptionText(adoption, terminal)),
    ...failed.map(({ namespace, instance, message, hint }) =>
      textOf([
        `${paint(terminal, "bad", "not taken over:")} ${namespace}/${instance}: ${message}`,
        ...(hint === undefined ? [] : [`  ${hint}`]),
      ]),
    ),
    ...removed.map((ref) => textOf([`${refText(ref)} ${would}removed`])),
    textOf([last]),
  ].join("");
}

function headOf({
  instance,
  namespace,
  state,
  operatorVersion,
  objects,
  children,
}: Adoption): string {
  const name = `${namespace}/${instance}`;
  if (state === "kplans") return `${name} (${operatorVersion}) is kplan's already`;
  const what = objects.length === 1 ? "1 object" : `${objects.length} objects`;
  const own = children.length === 0 ? "" : `, after ${children.length} that it owns`;
  const verb = state === "adopted" ? "is taken over" : "would be taken over";
  return `${name} (${operatorVersion}) ${verb} with ${what}${own}`;
}

function detailsOf(adoption: Adoption, terminal: Colors): string[] {
  const { plans, unfinished, objects, finalizerRemoved, notes } = adoption;
  if (adoption.state === "kplans") return [];
  const ran = plans.filter(({ status }) => status !== "NEVER_RUN");
  return [
    `  plans: ${ran.length === 0 ? "none has run" : ran.map(({ name, status }) => `${name} ${status}`).join(", ")}`,
    ...objects.map(
      ({ ref, path }) => `  ${refText(ref)} ${paint(terminal, "dim", `(${pathText(path)})`)}`,
    ),
    ...(finalizerRemoved
      ? ["  without KUDO's finalizer: `uninstall` runs the cleanup plan itself"]
      : []),
    ...notes.map((note) => `  ${paint(terminal, "dim", "note:")} ${note}`),
    ...(unfinished === undefined
      ? []
      : [
          `  ${paint(terminal, "warn", "unfinished:")} KUDO left ${unfinished.plan} ${unfinished.status}${unfinished.message ? ` (${unfinished.message})` : ""}; \`${unfinished.next}\` goes on with it`,
        ]),
  ];
}

function textOf(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}
