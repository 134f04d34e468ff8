import type { Issue } from "../../model/issue.ts";
import type { PackageView } from "../package-view.ts";

/** What every template, used or not, does wrong before it is rendered: its syntax, and paths that no parameter or built-in declares. */
export function checkNames({ templateIssues }: PackageView): Issue[] {
  return [...templateIssues];
}
