import { servedBy } from "../../../api-upgrade/served-by.ts";
import { upgradeObject } from "../../../api-upgrade/upgrade-object.ts";
import { type Issue, warningIssue } from "../../../model/issue.ts";
import { type KubeObject, refOf, refText } from "../../../model/kube-object.ts";
import { templateFile } from "../../../render/problem.ts";
import { NEWEST_KUBERNETES } from "../../known-capabilities.ts";
import type { KudoView } from "../kudo-view.ts";

/** Objects of APIs that newer servers serve no more: what becomes of them there, or why nothing can. */
export function oldApis({ pkg, renderings }: KudoView): Issue[] {
  const { Major, Minor } = NEWEST_KUBERNETES.KubeVersion;
  const newest = `Kubernetes ${Major}.${Minor}`;
  const serves = servedBy(Minor);
  return renderings.flatMap(({ templates }) =>
    templates
      .filter(({ act }) => act === "apply")
      .flatMap(({ key, objects }) =>
        objects.flatMap(({ object }) => {
          const upgraded = upgradeObject(object, serves);
          if (upgraded === undefined) return [];
          const at = placeIn(pkg.templates.get(key) ?? "", key, object);
          if (upgraded.kind === "refused") {
            const message = `${upgraded.message}; it cannot be applied to ${newest}`;
            return [warningIssue("old-api", message, at, upgraded.hint)];
          }
          const to = upgraded.object.apiVersion;
          const message = `${refText(refOf(object))} is of ${object.apiVersion}, which ${newest} does not serve; there it is applied as ${to}`;
          return [warningIssue("old-api", [message, ...upgraded.notes].join("; "), at)];
        }),
      ),
  );
}

/** Where the template writes the version, of the kind when there are several. */
function placeIn(text: string, key: string, { apiVersion, kind }: KubeObject) {
  const lines = text.split("\n");
  const versions = lines.flatMap((line, index) => (line.includes(apiVersion) ? [index] : []));
  const near = versions.find((index) =>
    lines.slice(Math.max(0, index - 1), index + 2).some((line) => line.includes(kind)),
  );
  const line = near ?? versions[0] ?? 0;
  const col = Math.max(0, lines[line]?.indexOf(apiVersion) ?? 0) + 1;
  return { file: templateFile(key), line: line + 1, col };
}
