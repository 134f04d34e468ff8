import { errorIssue, type Issue } from "../../model/issue.ts";
import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import type { Meter } from "../../model/meter.ts";
import { didYouMean } from "../../model/nearest.ts";
import type { PackageView } from "../package-view.ts";
import { placedMeters } from "../placed-meters.ts";
import type { RenderedTemplate } from "../render-plans.ts";

/** A meter's template is there and renders one Pod, which has the container whose log is read. */
export function meters({ pkg, renderings }: PackageView): Issue[] {
  const rendered = renderings
    .flatMap(({ templates }) => templates)
    .filter(({ act }) => act === "meter");
  return placedMeters(pkg).flatMap(({ meter, path }) => {
    const place = (field: string) => pkg.placeOf("operator.yaml", [...path, field]);
    if (!pkg.templates.has(meter.pod)) {
      const near = didYouMean(meter.pod, pkg.templates.keys());
      const message = `the meter's pod is template "${meter.pod}", and there is no templates/${meter.pod}${near}`;
      return errorIssue("missing-template", message, place("pod"));
    }
    return rendered
      .filter(({ key }) => key === meter.pod)
      .flatMap((each) => podIssue(each, meter, place) ?? []);
  });
}

function podIssue(
  { key, objects }: RenderedTemplate,
  meter: Meter,
  place: (field: string) => Issue["at"],
): Issue | undefined {
  const [only, second] = objects.map(({ object }) => object);
  if (only === undefined || second !== undefined || only.kind !== "Pod")
    return errorIssue(
      "meter-pod",
      `a meter is one Pod, and templates/${key} renders ${kindsOf(objects.map(({ object }) => object))}`,
      place("pod"),
    );
  const names = containersOf(only);
  if (meter.container === undefined || names.includes(meter.container)) return undefined;
  return errorIssue(
    "meter-container",
    `the meter's pod has no container "${meter.container}"${didYouMean(meter.container, names) || `; it has ${names.join(", ")}`}`,
    place("container"),
  );
}

function kindsOf(objects: readonly KubeObject[]): string {
  return objects.length === 0 ? "nothing" : objects.map(({ kind }) => kind).join(", ");
}

function containersOf({ spec }: KubeObject): string[] {
  const containers = isMap(spec) && Array.isArray(spec.containers) ? spec.containers : [];
  return containers.flatMap((container) =>
    isMap(container) && typeof container.name === "string" ? [container.name] : [],
  );
}
