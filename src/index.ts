/** kplan as a library: everything the command line does, without the command line. `docs/library.md` shows it in use. */

export type { ActionResult } from "./actions/action-result.ts";
/** Takes over an instance that KUDO made. */
export { type Adoption, type AdoptRequest, adopt } from "./actions/adopt/adopt.ts";
export type { Migration } from "./actions/adopt/migrate.ts";
/** Parameter values as plain data, for the requests above. */
export { type GivenValues, valuesOf } from "./actions/change/given-values.ts";
/** Installs a package as an instance, or goes on with an unfinished install. */
export { type InstallRequest, install } from "./actions/change/install.ts";
/** Runs one plan with the parameters as they are. */
export { type TriggerPlanRequest, triggerPlan } from "./actions/change/trigger-plan.ts";
/** Changes parameters of an instance and runs the plans that the changes trigger. */
export { type UpdateRequest, update } from "./actions/change/update.ts";
/** Moves an instance to another version of its operator. */
export { type UpgradeRequest, upgrade } from "./actions/change/upgrade.ts";
/** Follows the newest run, whoever drives it, to its end. */
export { type AttachRunRequest, attachRun } from "./actions/control/attach-run.ts";
export type { ControlResult } from "./actions/control/control-result.ts";
/** Goes on with the newest run, or executes it again. */
export {
  type ResumeRunRequest,
  type RetryRunRequest,
  resumeRun,
  retryRun,
} from "./actions/control/resume-run.ts";
/** Goes back to the parameters and the package of an earlier run. */
export { type RollbackRequest, rollback } from "./actions/control/rollback.ts";
/** Leaves out a step of the newest run. */
export { type SkipStepRequest, skipStep } from "./actions/control/skip-step.ts";
/** Stops the newest run, to be resumed or for good, whoever drives it. */
export { cancelRun, pauseRun, type StopRunRequest } from "./actions/control/stop-run.ts";
/** What differs between the live objects and what was applied last, and the run that puts it right. */
export { type DriftRequest, drift, type FixRequest, fix } from "./actions/drift/drift.ts";
/** Installs the custom resource definitions that instances are kept in. */
export {
  crdManifests,
  type InitRequest,
  type InitResult,
  initCluster,
} from "./actions/init-cluster.ts";
/** Instances, Operators or OperatorVersions of the namespace. */
export { type InstalledKind, listInstalled } from "./actions/instance/list-installed.ts";
/** The kept runs of an instance, newest first. */
export { planHistory } from "./actions/instance/plan-history.ts";
/** How the plans of an instance stand. */
export {
  type PlanStatusEntry,
  type PlanStatusView,
  planStatus,
} from "./actions/instance/plan-status.ts";
/** Runs the clean-up plan and removes all that the instance made. */
export { type UninstallRequest, uninstall } from "./actions/removal/uninstall.ts";
/** The objects of each step, offline. */
export { type RenderedTask, type RenderRequest, renderPackage } from "./actions/render-package.ts";
/** Waits until nobody drives an instance and those who came before have had their turn, and acts then. */
export { inTurn } from "./actions/run/in-turn.ts";
/** kplan's own version. */
export { VERSION } from "./cli/version.ts";
/** Connects to a namespace of a cluster; what it returns is the first argument of everything that needs one. */
export { connect, type Kplan, type KplanOptions } from "./connect.ts";
/** A small Kubernetes API server with simulated pods in this process, for tests. */
export {
  type EmbeddedServer,
  type ServerOptions,
  startServer as startEmbedded,
} from "./embedded/start-server.ts";
/** How an object is doing, from what was read of it and its relatives; `relativesOf` says which these are. */
export { computeHealth, relativesOf } from "./health/health.ts";
export type { Cluster, ListQuery, ObjectList, WatchEvent } from "./model/cluster.ts";
/** A failed call to the cluster. */
export { ClusterError, type ClusterErrorKind } from "./model/cluster.ts";
export type { DriftedField, DriftedObject, DriftReport } from "./model/drift.ts";
export type { RunEvent } from "./model/event.ts";
export type { Health, HealthContext, RelativesQuery } from "./model/health.ts";
/** A line for people of an issue, and whether there is an error among some. */
export { formatIssue, hasErrors, type Issue, type Place } from "./model/issue.ts";
export type { Json } from "./model/json.ts";
/** A failure that a user can act on. */
export { type FailureKind, KplanError } from "./model/kplan-error.ts";
export type { KubeObject, ObjectRef } from "./model/kube-object.ts";
export type { OperatorPackage } from "./model/package.ts";
export type { Parameter } from "./model/parameter.ts";
export type { Phase, Plan, Step, Strategy } from "./model/plan.ts";
export type { Preview, RunLimits, RunOutcome, RunPath, RunRecord } from "./model/run.ts";
/** How long things may take when nobody says. */
export { DEFAULT_RUN_LIMITS } from "./model/run.ts";
export type { Capabilities } from "./model/scope.ts";
export type { Simulation } from "./model/simulation.ts";
export type { ExecutionStatus, PlanStatus } from "./model/status.ts";
/** Reads a package from a folder or a `.tgz`; what is wrong in its files comes back as issues. */
export { readPackage } from "./package/files/read-package.ts";
export type { LoadedPackage } from "./package/loaded-package.ts";
/** Reads what simulated pods say (`tests/simulate.yaml`), for `startEmbedded`. */
export { readSimulation } from "./package/read-simulation.ts";
/** All that is wrong with a package beyond the form of its files; works offline. */
export { verifyPackage } from "./verify/verify-package.ts";
