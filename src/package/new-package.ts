import { KUDO_API_VERSION, NATIVE_API_VERSION } from "../model/names.ts";
import type { Dialect } from "../model/package.ts";
import { dumpYaml } from "../yaml/dump-yaml.ts";

/** What a new package is to say of itself. */
export interface NewPackage {
  /** Name of the operator. */
  readonly name: string;
  readonly dialect: Dialect;
  /** What is said when nothing else is: version 0.1.0 of both. */
  readonly operatorVersion?: string;
  readonly appVersion?: string;
  readonly description?: string;
  readonly url?: string;
  readonly maintainer?: { readonly name: string; readonly email: string };
}

/** The files of a small package that verifies and installs as it is, by their paths: something to begin from. */
export function newPackageFiles(request: NewPackage): readonly (readonly [string, string])[] {
  const isKudo = request.dialect === "kudo";
  return [
    ["operator.yaml", `${head(request)}${isKudo ? KUDO_PLANS : NATIVE_PLANS}`],
    ["params.yaml", isKudo ? KUDO_PARAMS : NATIVE_PARAMS],
    ["templates/config.yaml", isKudo ? KUDO_TEMPLATE : NATIVE_TEMPLATE],
  ];
}

function head(request: NewPackage): string {
  const { name, dialect, operatorVersion = "0.1.0", appVersion = "0.1.0" } = request;
  const { description, url, maintainer } = request;
  const isKudo = dialect === "kudo";
  const entries: readonly Record<string, unknown>[] = [
    { apiVersion: isKudo ? KUDO_API_VERSION : NATIVE_API_VERSION },
    { name },
    ...(description ? [{ description }] : []),
    { operatorVersion },
    ...(appVersion ? [{ appVersion }] : []),
    ...(isKudo ? [{ kudoVersion: "0.19.0" }] : []),
    { kubernetesVersion: "1.20.0" },
    ...(url ? [{ url }] : []),
    ...(maintainer ? [{ maintainers: [maintainer] }] : []),
  ];
  return entries.map((entry) => dumpYaml(entry)).join("");
}

const NATIVE_PLANS = `tasks:
  - name: config
    kind: Apply
    spec:
      resources: [config.yaml]
plans:
  deploy:
    phases:
      - name: main
        steps:
          - name: config
            tasks: [config]
`;

const KUDO_PLANS = `tasks:
  - name: config
    kind: Apply
    spec:
      resources:
        - config.yaml
plans:
  deploy:
    strategy: serial
    phases:
      - name: main
        strategy: serial
        steps:
          - name: config
            tasks:
              - config
`;

const NATIVE_PARAMS = `apiVersion: ${NATIVE_API_VERSION}
parameters:
  - name: GREETING
    description: What the ConfigMap says.
    default: Hello
    trigger: deploy
`;

const KUDO_PARAMS = `apiVersion: ${KUDO_API_VERSION}
parameters:
  - name: GREETING
    displayName: Greeting
    description: What the ConfigMap says.
    type: string
    default: "Hello"
    trigger: deploy
`;

const NATIVE_TEMPLATE = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{Name}}-config
data:
  greeting: {{quote Params.GREETING}}
`;

const KUDO_TEMPLATE = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Name }}-config
data:
  greeting: {{ .Params.GREETING | quote }}
`;
