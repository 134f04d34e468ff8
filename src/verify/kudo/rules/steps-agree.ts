import { placeOf } from "../../../go-template/template-error.ts";
import { type Issue, warningIssue } from "../../../model/issue.ts";
import { canonicalJson } from "../../../model/json.ts";
import { type KubeObject, refKey, refOf, refText } from "../../../model/kube-object.ts";
import { templateFile } from "../../../render/problem.ts";
import { needsOf } from "../../needs-of.ts";
import type { RenderedTemplate } from "../../render-plans.ts";
import { stepText } from "../../task-use.ts";
import type { KudoView } from "../kudo-view.ts";

/**
 * A ConfigMap or Secret that pods use says the same in every step. One that says something else in one step (how a cluster is begun, say) is read by whatever pod happens to
 * start while it is in place: a pod that restarts then begins a cluster of its own.
 */
export function stepsAgree({ trees, renderings }: KudoView): Issue[] {
  return renderings.flatMap(({ templates }) => {
    const applied = templates.filter(({ act }) => act === "apply");
    const needed = new Set(
      applied.flatMap(({ objects }) =>
        objects.flatMap(({ object }) => needsOf(object).map(({ kind, name }) => `${kind}/${name}`)),
      ),
    );
    const first = new Map<string, { readonly from: RenderedTemplate; readonly text: string }>();
    const told = new Set<string>();
    return applied.flatMap((from) =>
      from.objects.flatMap(({ object }) => {
        if (!needed.has(`${object.kind}/${object.metadata.name}`)) return [];
        const key = `${from.key} ${refKey(refOf(object))}`;
        const earlier = first.get(key);
        if (earlier === undefined) {
          first.set(key, { from, text: contentOf(object) });
          return [];
        }
        if (earlier.text === contentOf(object) || told.has(key)) return [];
        told.add(key);
        const text = trees.get(from.key)?.template.text ?? "";
        const at = { file: templateFile(from.key), ...placeOf(text, namePosition(text)) };
        const message = `${refText(refOf(object))} says one thing in step ${stepText(earlier.from.use)} and another in step ${stepText(from.use)}: a pod that starts, or restarts, reads what happens to be in place`;
        return [warningIssue("steps-differ", message, at, HINT)];
      }),
    );
  });
}

const HINT = "what is done once belongs into a task that does it once, not into a configuration";

function contentOf({ data, stringData, binaryData }: KubeObject): string {
  return canonicalJson([data ?? null, stringData ?? null, binaryData ?? null]);
}

/** Where the template tells steps apart. */
function namePosition(text: string): number {
  return Math.max(0, text.search(/\.(Step|Phase|Plan)Name\b/));
}
