import type { DescribedObject, DescribedPackage } from "./described-package.ts";
import type { RandomStory } from "./random-package.ts";

const KINDS = ["ConfigMap", "Service", "Deployment", "StatefulSet", "ServiceAccount"] as const;

/** A package of so many steps that run at the same time, each with an object of its own; a change of SIZE runs them all again. */
export function parallelSteps(count: number): RandomStory {
  const numbers = Array.from({ length: count }, (_, n) => n);
  const objects = Object.fromEntries(
    numbers.map((n): [string, DescribedObject] => [
      `o${n}`,
      {
        kind: KINDS[n % KINDS.length] ?? "ConfigMap",
        shows: ["SIZE"],
        replicas: 1,
        slow: n % 7 === 0 ? 5 : 0,
      },
    ]),
  );
  const pkg: DescribedPackage = {
    parameters: [{ name: "SIZE", type: "integer", default: 1, trigger: "deploy" }],
    objects,
    tasks: numbers.map((n) => ({ kind: "Apply", name: `t${n}`, objects: [`o${n}`] })),
    plans: [
      {
        name: "deploy",
        strategy: "serial",
        phases: [
          {
            name: "all",
            strategy: "parallel",
            steps: numbers.map((n) => ({ name: `s${n}`, strategy: "serial", tasks: [`t${n}`] })),
          },
        ],
      },
    ],
  };
  return {
    pkg,
    commands: [
      { kind: "install", values: {} },
      { kind: "update", values: { SIZE: 2 } },
      { kind: "uninstall" },
    ],
  };
}
