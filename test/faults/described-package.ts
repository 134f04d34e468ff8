/** A package in few words: what the generator makes up, the model reads, and `writePackage` writes out in kplan's own form. */
export interface DescribedPackage {
  readonly parameters: readonly DescribedParameter[];
  /** By name; each has a template of its own. */
  readonly objects: Readonly<Record<string, DescribedObject>>;
  readonly tasks: readonly DescribedTask[];
  /** In the order that the package lists them. */
  readonly plans: readonly DescribedPlan[];
}

/** A value that a parameter may have. */
export type Value = number | string | boolean;

/** A parameter; one named BROKEN makes the Dummy tasks fail. */
export interface DescribedParameter {
  readonly name: string;
  readonly type: "integer" | "string" | "boolean";
  readonly default: Value;
  /** Name of the plan that a change runs. */
  readonly trigger?: string;
}

/** An object; its annotation `demo/shows` says the values of some parameters, as `A=1 B=x`. */
export interface DescribedObject {
  readonly kind: "ConfigMap" | "ServiceAccount" | "Service" | "Deployment" | "StatefulSet" | "Job";
  readonly shows: readonly string[];
  /** Name of an Exec task whose fact it shows, too. */
  readonly fact?: string;
  /** Pods of a Deployment or StatefulSet. */
  readonly replicas: number;
  /** Seconds until its pods may count as available, or as begun: from instant to slow. */
  readonly slow: number;
  /** Each pod of a StatefulSet has a claim. */
  readonly claims?: boolean;
}

/** What must be so for a step or a task to be done. */
export interface Condition {
  readonly parameter: string;
  readonly is: Value;
}

/** A task. Exec asks pod 0 of a StatefulSet, which answers what `said` is. Dummy fails for good while BROKEN is true, if it is told to. */
export type DescribedTask =
  | {
      readonly kind: "Apply" | "Delete";
      readonly name: string;
      readonly objects: readonly string[];
      readonly when?: Condition;
    }
  | {
      readonly kind: "Exec";
      readonly name: string;
      readonly asks: string;
      readonly said: string;
      readonly when?: never;
    }
  | {
      readonly kind: "Dummy";
      readonly name: string;
      readonly fails: boolean;
      readonly when?: Condition;
    };

/** How the parts of something run. */
export type Strategy = "serial" | "parallel";

/** A plan. */
export interface DescribedPlan {
  readonly name: string;
  readonly strategy: Strategy;
  readonly phases: readonly {
    readonly name: string;
    readonly strategy: Strategy;
    readonly steps: readonly DescribedStep[];
  }[];
}

/** A step. */
export interface DescribedStep {
  readonly name: string;
  readonly strategy: Strategy;
  readonly tasks: readonly string[];
  readonly when?: Condition;
}

/** What somebody types: values by name. After a command that fails, the next one mends only BROKEN. */
export type DescribedCommand =
  | { readonly kind: "install" | "update"; readonly values: Readonly<Record<string, Value>> }
  | { readonly kind: "uninstall" };
