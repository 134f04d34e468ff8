import type { Issue } from "../../model/issue.ts";
import type { PackageView } from "../package-view.ts";

/** Every template renders in every step that uses it, to Kubernetes objects. */
export function renders({ renderings }: PackageView): Issue[] {
  return renderings.flatMap(({ issues }) => issues);
}
