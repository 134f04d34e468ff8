import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type {
  Condition,
  DescribedObject,
  DescribedPackage,
  DescribedTask,
} from "./described-package.ts";

/** Writes a described package into a new folder, in the form that authors write. */
export function writePackage(pkg: DescribedPackage): string {
  const folder = mkdtempSync(join(tmpdir(), "kplan-random-"));
  for (const [path, text] of Object.entries(packageFiles(pkg))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** The files of a described package by their paths. JSON is YAML, too. */
export function packageFiles(pkg: DescribedPackage): Readonly<Record<string, string>> {
  const files: Record<string, string> = {
    "operator.yaml": json({
      apiVersion: "kplan.dev/v1",
      name: "demo",
      operatorVersion: "0.1.0",
      tasks: pkg.tasks.map(task),
      plans: Object.fromEntries(
        pkg.plans.map(({ name, strategy, phases }) => [
          name,
          {
            strategy,
            phases: phases.map((phase) => ({
              ...phase,
              steps: phase.steps.map(({ when, ...step }) => ({ ...step, ...condition(when) })),
            })),
          },
        ]),
      ),
    }),
    "params.yaml": json({ apiVersion: "kplan.dev/v1", parameters: pkg.parameters }),
    "README.md": pkg.plans.map(({ name }) => `\`kplan plan trigger ${name}\`\n`).join(""),
  };
  const rules = pkg.tasks.flatMap((one) =>
    one.kind === "Exec"
      ? [
          {
            pods: `*-${one.asks}-*`,
            command: `^say ${one.name}$`,
            stdout: JSON.stringify({ said: one.said }),
          },
        ]
      : [],
  );
  if (rules.length > 0) files["tests/simulate.yaml"] = json({ exec: rules });
  for (const [name, object] of Object.entries(pkg.objects))
    files[`templates/${name}.yaml`] = template(name, object);
  return files;
}

function task(one: DescribedTask): object {
  const { name, kind } = one;
  const head = { name, kind, ...condition(one.when) };
  switch (one.kind) {
    case "Exec":
      return {
        ...head,
        spec: { pod: `{{Name}}-${one.asks}-0`, command: ["say", name] },
      };
    case "Dummy":
      return one.fails
        ? {
            ...head,
            when: one.when ? `${expression(one.when)} && Params.BROKEN` : "Params.BROKEN",
            spec: { wantErr: true, fatal: true, done: true },
          }
        : { ...head, spec: { done: true } };
    default:
      return { ...head, spec: { resources: one.objects.map((object) => `${object}.yaml`) } };
  }
}

function condition(when: Condition | undefined): { readonly when?: string } {
  return when === undefined ? {} : { when: expression(when) };
}

function expression({ parameter, is }: Condition): string {
  return `Params.${parameter} == ${JSON.stringify(is)}`;
}

function template(name: string, object: DescribedObject): string {
  const { kind, shows, fact, replicas, slow } = object;
  const values = shows.map((parameter) => `${parameter}={{Params.${parameter}}}`);
  const text = [...values, ...(fact ? [`${fact}={{Facts.${fact}.said}}`] : [])].join(" ");
  const metadata = { name: `{{Name}}-${name}`, annotations: { "demo/shows": text } };
  const labels = { demo: `{{Name}}-${name}` };
  const container = {
    name: "main",
    image: "busybox:1.28",
    command: ["sleep", "1000000"],
    env: [{ name: "SHOWS", value: text }],
  };
  const pods = { metadata: { labels }, spec: { containers: [container] } };
  const head = { metadata, kind };
  switch (kind) {
    case "ConfigMap":
      return json({ apiVersion: "v1", ...head, data: { text } });
    case "ServiceAccount":
      return json({ apiVersion: "v1", ...head });
    case "Service":
      return json({
        apiVersion: "v1",
        ...head,
        spec: { clusterIP: "None", selector: labels, ports: [{ port: 80, protocol: "TCP" }] },
      });
    case "Job":
      return json({
        apiVersion: "batch/v1",
        ...head,
        spec: {
          template: {
            spec: {
              restartPolicy: "Never",
              containers: [{ name: "main", image: "busybox:1.28", command: ["true"] }],
            },
          },
        },
      });
    case "Deployment":
      return json({
        apiVersion: "apps/v1",
        ...head,
        spec: {
          replicas,
          minReadySeconds: slow,
          selector: { matchLabels: labels },
          template: pods,
        },
      });
    case "StatefulSet":
      return json({
        apiVersion: "apps/v1",
        ...head,
        spec: {
          replicas,
          serviceName: `{{Name}}-${name}`,
          selector: { matchLabels: labels },
          template: pods,
          ...(object.claims && {
            volumeClaimTemplates: [
              {
                metadata: { name: "data" },
                spec: {
                  accessModes: ["ReadWriteOnce"],
                  resources: { requests: { storage: "1Gi" } },
                },
              },
            ],
          }),
        },
      });
  }
}

function json(value: unknown): string {
  return JSON.stringify(value, undefined, 1);
}
