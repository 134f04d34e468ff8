/** Where a Pipe task stands: plan, phase, step and task. */
export interface PipePlace {
  readonly plan: string;
  readonly phase: string;
  readonly step: string;
  readonly task: string;
}

/** Name of the pod that a Pipe task runs (compat section 5.1). */
export function pipePodName(instance: string, place: PipePlace): string {
  return nameOf(instance, place, "pipepod");
}

/** Name of the Secret or ConfigMap that a Pipe task makes for a key; templates have it as `.Pipes.<key>`. Keys that differ in nothing but `-`, `_` and case share a name. */
export function pipeArtifactName(instance: string, place: PipePlace, key: string): string {
  return nameOf(instance, place, key);
}

function nameOf(instance: string, { plan, phase, step, task }: PipePlace, last: string): string {
  return [instance, plan, phase, step, task, last].map(plain).join(".");
}

function plain(part: string): string {
  return part.toLowerCase().replace(/[^a-z0-9]/g, "");
}
