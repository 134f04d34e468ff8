import type { RunEventBody } from "../../model/event.ts";
import type { ObjectRef, OwnerReference } from "../../model/kube-object.ts";
import type { PlannedObject, PreviewProblem, RunOutcome } from "../../model/run.ts";

/** The instance of another package that a task wants, as it is to be. */
export interface WantedChild {
  /** The Instance. */
  readonly ref: ObjectRef & { readonly namespace: string };
  /** Name of its OperatorVersion. */
  readonly operatorVersion: string;
  /** Where that is, when it is in another namespace than the instance. */
  readonly operatorVersionNamespace?: string;
  /** The rendered file of its parameters: those in it are added or changed, others stay as they are. */
  readonly parameters?: { readonly file: string; readonly text: string };
  /** The same as the texts that an Instance keeps, where the package has written it so. */
  readonly values?: Readonly<Record<string, string>>;
  /** The instance whose task it is; its uid is empty in a preview before there is one. */
  readonly parent: OwnerReference;
}

/** An instance that a task wants to be gone. */
export interface UnwantedChild {
  /** The Instance. */
  readonly ref: WantedChild["ref"];
  /** The instance whose task it is; its uid is empty in a preview before there is one. */
  readonly parent: OwnerReference;
  /** The inventory of that one names it: what is left of it is removed too, when the Instance is gone already. */
  readonly isMade: boolean;
  /** Its OperatorVersion stays, also when no other instance has it: it may be wanted again. */
  readonly keepsVersion: boolean;
}

/** What bringing an instance to what is wanted would do; nothing of it is written. */
export interface ForeseenChild {
  /** The Instance first, then those of its own KudoOperator tasks. */
  readonly objects: readonly Pick<PlannedObject, "ref" | "change" | "why" | "diff">[];
  /** Every reason why it would be refused. */
  readonly problems: readonly Omit<PreviewProblem, "path">[];
}

/** Drives instances of other packages on behalf of a run. Given to the engine by whoever can install and update. */
export interface Children {
  /** Writes nothing. Throws ClusterError when the cluster cannot be asked. */
  foresee(wanted: WantedChild): Promise<ForeseenChild>;
  /**
   * Creates or changes the instance and runs its plans to their end, under its own lease and with its own record; a run of it that is unfinished goes on, and where nothing is
   * to be done nothing is. Somebody else who drives it is waited for. Throws a KplanError for what is refused, ClusterError when the cluster cannot be asked.
   */
  drive(wanted: WantedChild, driving: Driving): Promise<RunOutcome>;
  /** What removing an instance would do. Writes nothing. Throws ClusterError when the cluster cannot be asked. */
  foreseeRemoval(unwanted: UnwantedChild): Promise<ForeseenChild>;
  /**
   * Uninstalls an instance: its cleanup plan, its objects, itself; its claims stay. A removal that is unfinished goes on. Undefined where there is nothing to remove. Throws as
   * `drive` does.
   */
  remove(unwanted: UnwantedChild, driving: Driving): Promise<RunOutcome | undefined>;
}

/** What whoever drives an instance is given. */
export interface Driving {
  /** Aborted: no new write begins, the run is left Interrupted. */
  readonly stop: AbortSignal;
  /** Hears all that its run tells. */
  readonly tell: (event: RunEventBody) => void;
}
