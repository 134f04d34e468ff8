import { errorIssue, type Issue } from "../../model/issue.ts";
import { podNameProblem } from "../../model/pod-names.ts";
import type { PackageView } from "../package-view.ts";

/** Workloads whose pods would be refused for their names, although they themselves are not; with the default name of an instance. */
export function podNames({ pkg, renderings }: PackageView): Issue[] {
  return renderings.flatMap(({ templates }) =>
    templates
      .filter(({ act }) => act === "apply")
      .flatMap(({ objects, use, resource }) =>
        objects.flatMap(({ object }) => {
          const problem = podNameProblem(object);
          if (problem === undefined) return [];
          const index = pkg.operator.tasks.findIndex((task) => task.name === use.name);
          const place = ["tasks", index, "spec", "resources", resource];
          const at = pkg.placeOf("operator.yaml", place);
          return [errorIssue("long-name", problem, at, "give it a shorter name")];
        }),
      ),
  );
}
