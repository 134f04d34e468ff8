import { errorIssue, type Issue } from "../../../model/issue.ts";
import { isMap } from "../../../model/json.ts";
import { didYouMean } from "../../../model/nearest.ts";
import { templateFile } from "../../../render/problem.ts";
import { parseGoYaml } from "../../../yaml/parse-go-yaml.ts";
import { plainValue } from "../../../yaml/yaml-node.ts";
import { renderWithFacts } from "../../render-with-facts.ts";
import type { KudoView } from "../kudo-view.ts";
import { outsideScope } from "../outside-scope.ts";

/** Only the namespace manifest makes a namespace, and it makes one, as it is written or as it is rendered (verifier 10; KUDO looked at the former alone). */
export function namespaceObjects({ pkg }: KudoView): Issue[] {
  const { namespaceManifest: manifest } = pkg.operator;
  const others = [...pkg.templates].flatMap(([key, text]) => {
    const found = key === manifest ? null : /kind:\s*Namespace/.exec(text);
    if (found === null) return [];
    const line = text.slice(0, found.index).split("\n").length;
    const message = `template "${key}" contains a Namespace; only the namespaceManifest may`;
    return [errorIssue("namespace-object", message, { file: templateFile(key), line, col: 1 })];
  });
  if (manifest === undefined) return others;
  const at = pkg.placeOf("operator.yaml", ["namespaceManifest"]);
  const text = pkg.templates.get(manifest);
  if (text === undefined) {
    const message = `the namespaceManifest "${manifest}" is not among the templates${didYouMean(manifest, pkg.templates.keys())}`;
    return [...others, errorIssue("missing-template", message, at)];
  }
  return isOneNamespace(text) || rendersOneNamespace(manifest)
    ? others
    : [
        ...others,
        errorIssue(
          "namespace-manifest",
          `template "${manifest}" must hold exactly one object, of kind Namespace`,
          { file: templateFile(manifest), line: 1, col: 1 },
        ),
      ];

  function rendersOneNamespace(key: string): boolean {
    const rendered = renderWithFacts(pkg, key, outsideScope(pkg));
    if (!rendered || !("objects" in rendered)) return true;
    return rendered.objects.length === 1 && rendered.objects[0]?.object.kind === "Namespace";
  }
}

function isOneNamespace(text: string): boolean {
  const objects = text
    .split("\n---")
    .map((chunk) => parseGoYaml(chunk, "").root)
    .flatMap((root) => (root ? [plainValue(root.node)] : []))
    .filter((value) => value !== null);
  const [first] = objects;
  return objects.length === 1 && isMap(first) && first.kind === "Namespace";
}
