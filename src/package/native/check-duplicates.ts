import type { FieldPath } from "../field-path.ts";
import type { ReportField } from "../report.ts";
import { fieldsOf, textIn } from "./raw-fields.ts";

/** Reports each name that an earlier item of a list has already. @param what `task`, `step of phase nodes` */
export function checkDuplicates(
  items: readonly unknown[],
  what: string,
  path: FieldPath,
  report: ReportField,
  sameAs: (name: string) => string = (name) => name,
): void {
  const first = new Map<string, string>();
  for (const [index, item] of items.entries()) {
    const name = textIn(fieldsOf(item).name);
    if (name === undefined) continue;
    const earlier = first.get(sameAs(name));
    if (earlier === undefined) first.set(sameAs(name), name);
    else {
      const but =
        earlier === name ? "" : ` (names that differ only in case are taken as one: "${earlier}")`;
      report("duplicate-name", `there is another ${what} "${name}"${but}`, [
        ...path,
        index,
        "name",
      ]);
    }
  }
}
