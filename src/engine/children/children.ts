import type { RunEventBody } from "../../model/event.ts";
import type { ObjectRef, OwnerReference } from "../../model/kube-object.ts";
import type { PlannedObject, PreviewProblem, RunOutcome } from "../../model/run.ts";

/** The instance of another package that a task wants, as it is to be. */
export interface WantedChild {
  /** The Instance. */
  readonly ref: ObjectRef & { readonly namespace: string };
  /** Name of its OperatorVersion. */
  readonly operatorVersion: string;
  /** The rendered file of its parameters: those in it are added or changed, others stay as they are. */
  readonly parameters?: { readonly file: string; readonly text: string };
  /** The same as the texts that an Instance keeps, where the package has written it so. */
  readonly values?: Readonly<Record<string, string>>;
  /** The instance whose task it is; its uid is empty in a preview before there is one. */
  readonly parent: OwnerReference;
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
  drive(
    wanted: WantedChild,
    driving: {
      /** Aborted: no new write begins, the run is left Interrupted. */
      readonly stop: AbortSignal;
      /** Hears all that its run tells. */
      readonly tell: (event: RunEventBody) => void;
    },
  ): Promise<RunOutcome>;
}
