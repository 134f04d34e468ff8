import { parseGoTemplate } from "../go-template/go-template.ts";
import { GoTemplateError } from "../go-template/template-error.ts";
import { errorIssue, type Issue, warningIssue } from "../model/issue.ts";
import { refKey, refOf } from "../model/kube-object.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { TemplateScope } from "../model/scope.ts";
import { loadPackage } from "../package/load-package.ts";
import { templateFile } from "../render/problem.ts";
import { NEWEST_KUBERNETES } from "../verify/known-capabilities.ts";
import { type KudoView, viewKudoPackage } from "../verify/kudo/kudo-view.ts";
import { oldApis } from "../verify/kudo/rules/old-apis.ts";
import { templateUses } from "../verify/kudo/template-uses.ts";
import { scopeOfStep } from "../verify/render-plans.ts";
import { pathOfUse, stepText, type TaskUse, taskUses } from "../verify/task-use.ts";
import { dumpYaml } from "../yaml/dump-yaml.ts";
import { convertOperator } from "./convert-operator.ts";
import { convertParameter } from "./convert-parameters.ts";
import { convertTemplate } from "./convert-template.ts";
import { assemble, type Style } from "./pieces.ts";
import { proveTemplate } from "./prove-template.ts";
import { type ParameterPair, samplesOf } from "./samples.ts";

/** A KUDO package in the native dialect, as far as it could be proved. */
export interface ConvertedPackage {
  /** By path below the root. A template that could not be converted is below `go-templates/`, as it was. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** An error for each thing that is left to do, with its place in the KUDO package; warnings for what is to be known. */
  readonly issues: readonly Issue[];
  /** Keys of the templates that render the same objects, and in how many ways it was tried. */
  readonly proved: ReadonlyMap<string, number>;
}

const STYLES: readonly Style[] = ["plain", "exact"];

/**
 * Turns a KUDO package into the native dialect. A template is converted when it renders the same objects in both, with the defaults and with samples of the parameters that it uses, in
 * every step that uses it; what cannot be said, or is not proved, is left to a person. Pure.
 */
export function convertPackage(pkg: OperatorPackage): ConvertedPackage {
  const pairs = pkg.parameters.map(
    (kudo): ParameterPair => ({ kudo, native: convertParameter(kudo) }),
  );
  const parameters = pairs.map(({ native }) => native);
  const { operator, params, issues: said } = convertOperator(pkg, parameters);
  const issues: Issue[] = [...said];
  const files = new Map<string, Uint8Array>();
  for (const [path, content] of pkg.files) if (!isReplaced(path)) files.set(path, content);
  files.set("operator.yaml", bytes(dumpYaml(operator, { sorted: false })));
  files.set("params.yaml", bytes(dumpYaml(params, { sorted: false })));
  const proved = new Map<string, number>();
  for (const [key, source] of pkg.templates) {
    const made = convertOne(pkg, key, pairs);
    if ("issues" in made) {
      issues.push(...made.issues);
      files.set(`go-templates/${key}`, bytes(source));
    } else {
      files.set(templateFile(key), bytes(made.text));
      proved.set(key, made.rendered);
    }
  }
  const view = viewKudoPackage(pkg);
  issues.push(...nativeProblems(files, pkg), ...oldObjects(view), ...madeAndDeleted(view));
  return { files, issues, proved };
}

/** A native package is applied as it is written. */
function oldObjects(view: KudoView): Issue[] {
  const hint = "write the newer version, or give --api-upgrade on";
  const found = oldApis(view).map(({ code, message, at }) => {
    const [gone = ""] = message.split(";");
    return warningIssue(code, `${gone}; a native package is applied as it is written`, at, hint);
  });
  return [...new Map(found.map((issue) => [JSON.stringify(issue), issue])).values()];
}

/** Objects that one task of a step makes and another deletes: which comes last, only their order in KUDO says. */
function madeAndDeleted({ pkg, renderings }: KudoView): Issue[] {
  const templates = renderings.flatMap((each) => each.templates);
  const issues = templates
    .filter(({ act }) => act === "delete")
    .flatMap(({ use, objects }) => {
      const deleted = new Set(objects.map(({ object }) => refKey(refOf(object))));
      const makers = templates.filter(
        (other) =>
          other.act === "apply" &&
          other.use.step === use.step &&
          other.objects.some(({ object }) => deleted.has(refKey(refOf(object)))),
      );
      return makers.map((maker) => {
        const message = `tasks ${use.name} and ${maker.use.name} of step ${stepText(use)} delete and apply the same object, and begin at the same time in native packages`;
        return errorIssue("order", message, pkg.placeOf("operator.yaml", pathOfUse(use)));
      });
    });
  return [...new Map(issues.map((issue) => [issue.message, issue])).values()];
}

function isReplaced(path: string): boolean {
  return path === "operator.yaml" || path === "params.yaml" || path.startsWith("templates");
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function convertOne(
  pkg: OperatorPackage,
  key: string,
  pairs: readonly ParameterPair[],
): { readonly text: string; readonly rendered: number } | { readonly issues: Issue[] } {
  const file = templateFile(key);
  const at = { file, line: 1, col: 1 };
  const use = usersOf(pkg, key);
  if (typeof use === "string") return { issues: [errorIssue("not-converted", use, at)] };
  try {
    const template = parseGoTemplate(key, pkg.templates.get(key) ?? "");
    const native = new Map(pairs.map((pair) => [pair.kudo.name, pair.native]));
    const { pieces, problems } = convertTemplate(template, native);
    if (problems.length > 0)
      return {
        issues: problems.map((problem) =>
          errorIssue("not-converted", problem.message, { file, ...problem.at }),
        ),
      };
    const { parameters, usesAllParameters } = templateUses(template);
    const used = new Set(usesAllParameters ? native.keys() : parameters.map(({ name }) => name));
    const samples = samplesOf(pairs, used, template);
    const scopes = scopesOf(pkg, key, use);
    let message = "";
    for (const style of STYLES) {
      const text = assemble(pieces, style);
      const packages = { kudo: pkg, native: nativeOf(pkg, pairs, key, text) };
      const proof = proveTemplate(key, packages, scopes, samples);
      if (proof.equal) return { text, rendered: proof.rendered };
      message = proof.message;
    }
    return { issues: [errorIssue("not-equal", `${file} is not converted: ${message}`, at)] };
  } catch (error) {
    if (!(error instanceof GoTemplateError)) throw error;
    return { issues: [errorIssue("not-converted", error.message, { file, ...error.at })] };
  }
}

/** The steps that use a template for objects; why it is not converted when it is for something else. */
function usersOf({ operator, ...pkg }: OperatorPackage, key: string): readonly TaskUse[] | string {
  const uses = taskUses({ ...pkg, operator });
  if (operator.namespaceManifest === key)
    return "a namespaceManifest has no counterpart in native packages";
  for (const { kind, name, ...task } of operator.tasks)
    if (
      ("pod" in task && task.pod === key) ||
      ("parameterFile" in task && task.parameterFile === key)
    )
      return `it belongs to task "${name}" of kind ${kind}, which has no counterpart in native packages`;
  return uses.filter(({ task }) => task && "resources" in task && task.resources.includes(key));
}

/** Names as the steps see them that the template can tell apart, in an instance of its usual name and in another one. */
function scopesOf(
  pkg: OperatorPackage,
  key: string,
  uses: readonly TaskUse[],
): readonly TemplateScope[] {
  const text = pkg.templates.get(key) ?? "";
  const tells = ["PlanName", "PhaseName", "StepName"].some((name) => text.includes(name));
  const nowhere = {
    plan: { name: "plan", strategy: "serial", phases: [] },
    phase: { name: "phase", strategy: "serial", steps: [] },
    step: { name: "step", strategy: "serial", tasks: [] },
    name: "task",
  } as const;
  const told = tells && uses.length > 0 ? uses : [uses[0] ?? nowhere];
  const scopes = told.map((use) => scopeOfStep(pkg, use, NEWEST_KUBERNETES));
  const [first] = scopes;
  const other = first && { ...first, Name: "another-one", Namespace: "elsewhere" };
  return other ? [...scopes, other] : scopes;
}

function nativeOf(
  pkg: OperatorPackage,
  pairs: readonly ParameterPair[],
  key: string,
  text: string,
): OperatorPackage {
  return {
    ...pkg,
    dialect: "native",
    parameters: pairs.map(({ native }) => native),
    templates: new Map([[key, text]]),
  };
}

/** What a native package must not say and a KUDO package may: the new one is read as any other. */
function nativeProblems(
  files: ReadonlyMap<string, Uint8Array>,
  { source }: OperatorPackage,
): Issue[] {
  return loadPackage(source, files).issues.map((issue) => {
    const message = `the native package would have a problem: ${issue.message}`;
    const make = issue.severity === "error" ? errorIssue : warningIssue;
    return make(issue.code, message, issue.at, issue.hint);
  });
}
