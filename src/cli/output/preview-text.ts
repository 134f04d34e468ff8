import { refText } from "../../model/kube-object.ts";
import { type PlannedObject, type Preview, pathText } from "../../model/run.ts";
import { paint, type Terminal, type Tone } from "../terminal.ts";

/** What a dry run found, step by step: a line for each object, its diff below, then every problem, what is applied otherwise, and a count. */
export function previewText(preview: Preview, terminal: Pick<Terminal, "colors">): string {
  const lines: string[] = [];
  let step = "";
  for (const planned of preview.objects) {
    const { task: _, ...path } = planned.path;
    if (pathText(path) !== step) {
      step = pathText(path);
      lines.push(paint(terminal, "bold", step));
    }
    lines.push(objectLine(planned, terminal));
    if (planned.diff) lines.push(...diffLines(planned.diff, terminal));
  }
  for (const { path, ref, message, hint } of preview.problems) {
    const what = ref === undefined ? pathText(path) : `${pathText(path)} ${refText(ref)}`;
    lines.push(`${paint(terminal, "bad", "problem:")} ${what}: ${message}`);
    if (hint) lines.push(`  ${hint}`);
  }
  for (const note of preview.notes ?? []) lines.push(`${paint(terminal, "warn", "note:")} ${note}`);
  lines.push(counts(preview));
  return `${lines.join("\n")}\n`;
}

const SIGNS: Record<PlannedObject["change"], readonly [string, Tone]> = {
  create: ["+", "good"],
  configure: ["~", "warn"],
  recreate: ["±", "bad"],
  unchanged: ["=", "dim"],
  delete: ["-", "bad"],
  absent: ["=", "dim"],
  later: ["?", "dim"],
};

function objectLine(
  { change, ref, why }: PlannedObject,
  terminal: Pick<Terminal, "colors">,
): string {
  const [sign, tone] = SIGNS[change];
  return paint(terminal, tone, `  ${sign} ${refText(ref)} ${change}${why ? ` (${why})` : ""}`);
}

/** The lines that name the object are left out: it stands above. */
function diffLines(diff: string, terminal: Pick<Terminal, "colors">): string[] {
  return diff
    .slice(Math.max(0, diff.indexOf("@@ ")))
    .trimEnd()
    .split("\n")
    .map((line) => {
      const tone = line.startsWith("+") ? "good" : line.startsWith("-") ? "bad" : "dim";
      return paint(terminal, tone, `      ${line}`);
    });
}

function counts(preview: Preview): string {
  const of = (change: PlannedObject["change"]): number =>
    preview.objects.filter((planned) => planned.change === change).length;
  const words = [
    `${of("create")} to create`,
    `${of("configure")} to configure`,
    `${of("delete")} to delete`,
    `${of("unchanged") + of("absent")} unchanged`,
  ];
  if (of("recreate") > 0) words.push(`${of("recreate")} to delete and make anew`);
  const later = of("later");
  if (later > 0) words.push(`${later} not known before an earlier step is done`);
  return `${words.join(", ")}; nothing was written`;
}
