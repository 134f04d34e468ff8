import { hasErrors } from "../../model/issue.ts";
import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { KUDO_API_VERSION } from "../../model/names.ts";
import { dumpYaml } from "../../yaml/dump-yaml.ts";
import { goJson, parseGoYaml } from "../../yaml/parse-go-yaml.ts";
import { isIgnored } from "../files/ignored-file.ts";
import type { LoadedPackage } from "../loaded-package.ts";
import { templateKey } from "./kudo-files.ts";
import { readKudoPackage } from "./kudo-package.ts";

/**
 * The package that an OperatorVersion of KUDO was made of, as far as it can be told: what is in no OperatorVersion (groups, hints, documentation) is lost, plans are in the
 * order of their names, and defaults are the texts that KUDO made of them, so that templates see what they saw. Pure; what is wrong with it comes back as issues.
 * @param operator the Operator of that name, when there is one: it alone tells of maintainers and the like
 */
export function packageOfOperatorVersion(
  operatorVersion: KubeObject,
  operator?: KubeObject,
): LoadedPackage {
  const files = filesOfOperatorVersion(operatorVersion, operator);
  return readKudoPackage(`OperatorVersion ${operatorVersion.metadata.name}`, files);
}

/** The files of that package, by their path below its root. */
export function filesOfOperatorVersion(
  operatorVersion: KubeObject,
  operator?: KubeObject,
): ReadonlyMap<string, Uint8Array> {
  const spec = mapOf(operatorVersion.spec);
  const of = mapOf(operator?.spec);
  const paths = templatePaths(Object.keys(mapOf(spec.templates)));
  const keyOf = (key: unknown): unknown => {
    const path = typeof key === "string" ? paths.get(key) : undefined;
    return path === undefined ? key : templateKey(path);
  };
  const described = ["description", "kudoVersion", "kubernetesVersion", "url", "maintainers"];
  const file = {
    apiVersion: KUDO_API_VERSION,
    name: mapOf(spec.operator).name ?? operatorVersion.metadata.labels?.["kudo.dev/operator"],
    operatorVersion: spec.version,
    appVersion: spec.appVersion,
    ...Object.fromEntries(described.map((field) => [field, of[field]])),
    namespaceManifest: keyOf(of.namespaceManifest),
    tasks: listOf(spec.tasks).map((task) => taskOf(mapOf(task), keyOf)),
    plans: spec.plans ?? {},
  };
  const texts: [string, string][] = [
    ["operator.yaml", dumpYaml(given(file))],
    [
      "params.yaml",
      dumpYaml({
        apiVersion: KUDO_API_VERSION,
        parameters: listOf(spec.parameters).map((each) => parameterOf(mapOf(each))),
      }),
    ],
    ...Object.entries(mapOf(spec.templates)).map(([key, text]): [string, string] => [
      paths.get(key) ?? key,
      String(text),
    ]),
  ];
  return new Map(texts.map(([path, text]) => [path, new TextEncoder().encode(text)]));
}

/** Where each template is to lie, so that it is read under its key again; one whose key is no path of a template gets a key of ours. */
function templatePaths(keys: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(keys);
  const paths = new Map<string, string>();
  for (const key of keys) {
    const whole = key.startsWith("templates") && key.includes("/") ? key : `templates/${key}`;
    if (isPlain(whole) && templateKey(whole) === key) {
      paths.set(key, whole);
      continue;
    }
    let number = 1;
    while (taken.has(`template-${number}.yaml`)) number++;
    taken.add(`template-${number}.yaml`);
    paths.set(key, `templates/template-${number}.yaml`);
  }
  return paths;
}

/** A path of a template that a folder can have and a package keeps. */
function isPlain(path: string): boolean {
  const parts = path.split("/");
  const isOdd = parts.some((part) => part === "" || part === "." || part === "..");
  const isText =
    !path.includes("\\") && !path.includes("\0") && Buffer.from(path).toString() === path;
  return !isOdd && isText && !isIgnored(path) && (parts.at(-1) ?? "").includes(".yaml");
}

function taskOf(task: Fields, keyOf: (key: unknown) => unknown): unknown {
  const spec = mapOf(task.spec);
  const resources = Array.isArray(spec.resources) ? spec.resources.map(keyOf) : undefined;
  const named = given({
    ...spec,
    resources,
    pod: keyOf(spec.pod),
    parameterFile: keyOf(spec.parameterFile),
  });
  return { name: task.name, kind: task.kind, spec: named };
}

function parameterOf(parameter: Fields): unknown {
  const { "value-type": type, default: text, required, enum: allowed, ...rest } = parameter;
  const read = (value: unknown): unknown => (isStructured(type) ? structured(value) : value);
  return {
    ...given({ ...rest, type }),
    // A package that says nothing means true, an OperatorVersion false.
    required: required === true,
    // An empty text is a default too.
    ...(typeof text === "string" && { default: read(text) }),
    ...(Array.isArray(allowed) && { enum: allowed.map(read) }),
  };
}

function isStructured(type: unknown): boolean {
  return type === "array" || type === "map";
}

/** What the YAML of a text says, which is turned into that text again; a text that is no YAML stays one. */
function structured(text: unknown): unknown {
  if (typeof text !== "string") return text;
  const { root, issues } = parseGoYaml(text, "");
  if (hasErrors(issues)) return text;
  return root ? goJson(root.node) : null;
}

type Fields = Readonly<Record<string, unknown>>;

function mapOf(value: unknown): Fields {
  return isMap(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Without members that say nothing. */
function given(fields: Fields): Fields {
  const entries = Object.entries(fields);
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined && value !== null && value !== ""),
  );
}
