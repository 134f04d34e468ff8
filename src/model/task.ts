/** What a task does. One kind, one file in `engine/tasks/`. */
export type Task = ApplyTask | DeleteTask | DummyTask;

/** Renders its templates, applies the objects and waits until they are healthy. */
export interface ApplyTask {
  readonly kind: "Apply";
  readonly name: string;
  /** Template keys, in the order they are applied. */
  readonly resources: readonly string[];
}

/** Renders its templates, deletes the objects that they name and waits until they are gone. */
export interface DeleteTask {
  readonly kind: "Delete";
  readonly name: string;
  readonly resources: readonly string[];
}

/** Does nothing; for trying out plans. */
export interface DummyTask {
  readonly kind: "Dummy";
  readonly name: string;
  /** Fails the step, again and again unless `fatal`. */
  readonly wantErr: boolean;
  /** Makes the failure final. */
  readonly fatal: boolean;
  /** Whether the task ends; a task with `done: false` never does. */
  readonly done: boolean;
}
