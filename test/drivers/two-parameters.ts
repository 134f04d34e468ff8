import { packageFolder } from "../support/package-folder.ts";

const template = (name: string): string => `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{Name}}-${name}
data:
  a: {{quote Params.A}}
  b: {{quote Params.B}}
`;

/** A package of three ConfigMaps in three steps, which say what two parameters are; version 0.2.0 makes a fourth. */
export function twoParameters(version = "0.1.0"): string {
  const names = version === "0.1.0" ? ["one", "two", "three"] : ["one", "two", "three", "four"];
  return packageFolder({
    "operator.yaml": JSON.stringify({
      apiVersion: "kplan.dev/v1",
      name: "demo",
      operatorVersion: version,
      tasks: names.map((name) => ({ name, kind: "Apply", spec: { resources: [`${name}.yaml`] } })),
      plans: {
        deploy: {
          phases: [{ name: "main", steps: names.map((name) => ({ name, tasks: [name] })) }],
        },
      },
    }),
    "params.yaml": JSON.stringify({
      apiVersion: "kplan.dev/v1",
      parameters: ["A", "B"].map((name) => ({
        name,
        type: "string",
        default: "0",
        trigger: "deploy",
      })),
    }),
    "templates/config.yaml": null,
    ...Object.fromEntries(names.map((name) => [`templates/${name}.yaml`, template(name)])),
  });
}
