import type { Place } from "./issue.ts";
import type { Meter } from "./meter.ts";
import type { Parameter, ParameterGroup } from "./parameter.ts";
import type { Plan } from "./plan.ts";
import type { Task } from "./task.ts";

/** Which language a package is written in (design section 2). */
export type Dialect = "native" | "kudo";

/** What `operator.yaml` says. */
export interface Operator {
  readonly name: string;
  readonly description?: string;
  /** Semantic version of the package; any text, even none, in a KUDO package. */
  readonly operatorVersion: string;
  /** Version of the software it runs. */
  readonly appVersion?: string;
  /** Least Kubernetes version, major.minor. */
  readonly kubernetesVersion?: string;
  /** Of a KUDO package: the KUDO version it asks for; KUDO itself never compared it. */
  readonly kudoVersion?: string;
  /** Of a KUDO package: key of the template of the namespace that `install --create-namespace` makes. */
  readonly namespaceManifest?: string;
  /** Range of kplan versions that can run it (npm semver range). */
  readonly kplanVersion?: string;
  readonly maintainers: readonly { readonly name?: string; readonly email?: string }[];
  readonly url?: string;
  /** What measures what clients feel, wherever a step or `--meter` asks for it. */
  readonly meter?: Meter;
  readonly tasks: readonly Task[];
  /** In the order that the file lists them; this order decides which of several triggered plans runs first. */
  readonly plans: readonly Plan[];
}

/** Where a package was read, which is where `./x` of a dependency is looked for. */
export type PackageOrigin =
  /** A folder of this machine, by its absolute path. */
  | { readonly kind: "folder"; readonly path: string }
  /** A folder (empty: the whole) of an archive that has these files. */
  | {
      readonly kind: "archive";
      readonly root: string;
      readonly files: ReadonlyMap<string, Uint8Array>;
    };

/** A package that was read and found well-formed. */
export interface OperatorPackage {
  readonly dialect: Dialect;
  /** As the user named it: a folder or a file. */
  readonly source: string;
  /** Absent: its own files are all there is, and no other is ever looked for on the disk. */
  readonly origin?: PackageOrigin;
  /** sha256 over the sorted paths and contents of all files, lower-case hex. */
  readonly digest: string;
  /** Every regular file by its path below the root (`/` as separator). */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly operator: Operator;
  readonly groups: readonly ParameterGroup[];
  /** In the order that `params.yaml` lists them. */
  readonly parameters: readonly Parameter[];
  /** Text of each template by its key: the path below `templates/`, in a KUDO package below the last folder of that name. */
  readonly templates: ReadonlyMap<string, string>;
  /**
   * Where a value of a YAML file of the package stands.
   * @param file e.g. `operator.yaml`
   * @param path keys and indexes from the root, e.g. `["plans", "deploy", "strategy"]`; the nearest known ancestor is used
   * @param part the key or the value of a mapping member; `value` when absent
   */
  placeOf(file: string, path: readonly (string | number)[], part?: "key" | "value"): Place;
}
