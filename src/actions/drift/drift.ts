import type { DriftReport } from "../../model/drift.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { refText } from "../../model/kube-object.ts";
import type { ActionResult } from "../action-result.ts";
import type { ActionContext } from "../context.ts";
import { instanceName } from "../instance/find-instance.ts";
import {
  type KnownInstance,
  readInstanceState,
  requireInstance,
} from "../instance/instance-state.ts";
import { refuseNotAdopted } from "../instance/not-adopted.ts";
import { refuseKudo } from "../instance/refuse-kudo.ts";
import { refuseUninstalling } from "../removal/refuse-uninstalling.ts";
import { withLease } from "../run/with-lease.ts";
import { findDrift } from "./find-drift.ts";
import { fixDrift, previewFix } from "./fix-drift.ts";

/** What `drift` is asked for. */
export interface DriftRequest {
  /** May be left out when the namespace has exactly one instance. */
  readonly instance?: string;
}

/** What `drift --fix` is asked for. */
export interface FixRequest extends DriftRequest {
  /** Find out what would be written, and write nothing. */
  readonly dryRun?: boolean;
}

/** What differs between the live objects of an instance and what its runs applied last, by field and manager. Writes nothing. */
export async function drift(ctx: ActionContext, request: DriftRequest): Promise<DriftReport> {
  const state = await stateOf(ctx, request);
  return (await findDrift(ctx, state)).report;
}

/**
 * Applies again what differs, and no more, under the rules of the steps that applied it last: one run for each run whose values, package and facts are to be repeated.
 * Fields that kplan applied are taken back from whoever changed them. Interrupted at any instant, the same command goes on.
 */
export async function fix(ctx: ActionContext, request: FixRequest): Promise<ActionResult> {
  const [first] = await Promise.all([stateOf(ctx, request), refuseKudo(ctx)]);
  const { name } = first;
  refuseUnfinished(first);
  if (request.dryRun) return await previewFix(ctx, first, await findDrift(ctx, first));
  return await withLease(ctx, { instance: name, same: ["fix", name] }, async (lease) => {
    const state = await requireInstance(ctx, await readInstanceState(ctx, name));
    refuseUnfinished(state);
    const found = await findDrift(ctx, state);
    tell(ctx, found.report);
    return await fixDrift(ctx, lease, state, found);
  });
}

async function stateOf(ctx: ActionContext, request: DriftRequest): Promise<KnownInstance> {
  const name = await instanceName(ctx, request.instance);
  const state = await requireInstance(ctx, await readInstanceState(ctx, name));
  refuseNotAdopted(state.object);
  return state;
}

/** Somebody else's unfinished work is finished first: it may be about to change the very same objects. */
function refuseUnfinished(state: KnownInstance): void {
  refuseUninstalling(state);
  const record = state.runs[0]?.record;
  if (record === undefined || record.kind === "fix" || record.status === "COMPLETE") return;
  if (record.kind === "trigger" && record.status === "FATAL_ERROR") return;
  throw new KplanError(
    "unfinished-run",
    `run ${record.number} of ${state.name} (${record.kind}) is unfinished: nothing is put right before it is complete`,
    { kind: "bad-input", hint: "`kplan plan resume` or the same command as then goes on with it" },
  );
}

/** Who changed what is about to be taken back, and what a repair leaves. */
function tell(ctx: ActionContext, { objects, unknown, notes }: DriftReport): void {
  const warn = (message: string): void => ctx.emit({ type: "warning", message });
  for (const note of notes) warn(`${note}; it is left alone`);
  for (const { ref, message } of unknown) warn(`${refText(ref)} is left: ${message}`);
  for (const { ref, state, message, fields } of objects) {
    if (state === "leaving") warn(`${refText(ref)} is left: ${message ?? state}`);
    for (const { field, by } of fields)
      if (by !== undefined) warn(`${refText(ref)}: ${field} is taken back from ${by.manager}`);
  }
}
