import { type ObjectRef, refKey } from "../model/kube-object.ts";
import { type Intent, pathText, type RunRecord } from "../model/run.ts";

/** The record with a task's announcement: what it applies counts as made by the instance from now on, neither what it deletes nor pods that it asks. */
export function withIntent(record: RunRecord, intent: Intent): RunRecord {
  const intents = [...withoutIntent(record.intents, intent), intent];
  const made = madeBy(intent);
  if (made.length === 0) return { ...record, intents };
  const announced = new Set(made.map(refKey));
  const inventory = [
    ...record.inventory.filter(({ ref }) => !announced.has(refKey(ref))),
    ...made.map((ref) => ({ ref, path: intent.path, run: record.number })),
  ];
  return { ...record, intents, inventory };
}

function madeBy({ act, objects, record }: Intent): readonly ObjectRef[] {
  const made = act === "apply" ? objects : [];
  return record === undefined ? made : [...made, record];
}

/** The record after a task's objects are in place. */
export function withDone(record: RunRecord, intent: Pick<Intent, "path">): RunRecord {
  return { ...record, intents: withoutIntent(record.intents, intent) };
}

/** The record after objects are gone for good. */
export function withRemoved(record: RunRecord, refs: readonly ObjectRef[]): RunRecord {
  const gone = new Set(refs.map(refKey));
  return {
    ...record,
    inventory: record.inventory.filter(({ ref }) => !gone.has(refKey(ref))),
  };
}

function withoutIntent(
  intents: readonly Intent[],
  { path }: Pick<Intent, "path">,
): readonly Intent[] {
  const name = pathText(path);
  return intents.filter((intent) => pathText(intent.path) !== name);
}
