import type { KubeObject } from "../model/kube-object.ts";
import type { ObjectChange } from "./controller-api.ts";
import type { Journal, JournalRecord } from "./daemon/journal.ts";

/** One stored change, as watches get it. */
export interface StoredChange extends ObjectChange {
  /** resourceVersion of the change; a deleted object is handed out with this version. */
  readonly version: number;
  /** Where the object is kept, e.g. `apps/statefulsets`. */
  readonly key: string;
}

/** How many changes are remembered for watches that begin in the past. */
const HISTORY_LENGTH = 10_000;

/**
 * All objects of the cluster, in memory. Writes are synchronous; `durable` resolves when all of them are on disk, and nothing
 * is told to anybody before that. Objects are never changed in place.
 */
export interface Store {
  /** Version of the last write. */
  readonly version: number;
  /** Version of the last change that is on disk and was told to watches. */
  readonly toldVersion: number;
  get(key: string, namespace: string, name: string): KubeObject | undefined;
  /** Objects sorted by namespace and name. */
  list(key: string, namespace?: string): KubeObject[];
  /** Stores an object with the next resourceVersion and answers what was stored. */
  put(key: string, object: KubeObject): KubeObject;
  /** Removes an object and answers it with the version of its removal; undefined when it was not there. */
  remove(key: string, namespace: string, name: string): KubeObject | undefined;
  /** Resolves when every write so far is on disk. */
  durable(): Promise<void>;
  /** Changes of one key after `version`; undefined when they are no longer remembered. */
  since(key: string, version: number): StoredChange[] | undefined;
  /** Forgets the changes up to and with this version, so that older watches get 410. */
  compact(version: number): void;
  /** Calls back for each change of a key (`*`: of any) once it is on disk, in order. The answer ends it. */
  subscribe(key: string, listener: (change: StoredChange) => void): () => void;
  /** Keys that ever held an object. */
  keys(): string[];
  /** All that it holds; nothing may be pending (`durable`). Cheap: objects are shared, since nobody changes them. */
  snapshot(): StoreSnapshot;
  /** Writes what is pending and closes the journal. */
  close(): Promise<void>;
}

/** What a store holds at one moment. */
export interface StoreSnapshot {
  readonly version: number;
  readonly oldest: number;
  readonly history: readonly StoredChange[];
  readonly tables: ReadonlyMap<string, readonly KubeObject[]>;
}

/** Options of a store. */
export interface StoreOptions {
  /** The store begins with what it holds; without one it lives in memory alone. */
  readonly journal?: Journal;
  /** Begin with this; not together with a journal. */
  readonly snapshot?: StoreSnapshot;
  readonly historyLength?: number;
  /** The journal cannot be written any more; nothing further is acknowledged. Throws when absent. */
  readonly onFailure?: (error: unknown) => void;
}

/** Makes a store. */
export function createStore(options: StoreOptions = {}): Store {
  const { journal, snapshot, historyLength = HISTORY_LENGTH, onFailure = rethrow } = options;
  const tables = new Map<string, Table>();
  const listeners = new Map<string, Set<(change: StoredChange) => void>>();
  let version = 1;
  let oldest = 1;
  let history: StoredChange[] = [];
  let untold: StoredChange[] = [];
  let waiting: (() => void)[] = [];
  let telling = false;
  /** Version of the last change that is on disk and was told. */
  let told = 1;

  const table = (key: string): Table => {
    const known = tables.get(key);
    if (known) return known;
    const made = createTable();
    tables.set(key, made);
    return made;
  };

  if (journal) {
    for (const record of journal.recovered) {
      if (record.object) table(record.key).set(record.object);
      else table(record.key).delete(record.namespace, record.name);
      version = Math.max(version, record.version);
    }
    oldest = version;
    told = version;
  }

  if (snapshot) {
    ({ version, oldest } = snapshot);
    told = version;
    history = [...snapshot.history];
    for (const [key, objects] of snapshot.tables)
      for (const object of objects) table(key).set(object);
  }

  const record = (change: StoredChange): void => {
    history.push(change);
    if (history.length > historyLength * 1.2) {
      const kept = history.slice(-historyLength);
      oldest = history[history.length - kept.length - 1]?.version ?? oldest;
      history = kept;
    }
    untold.push(change);
    const { namespace = "", name } = change.object.metadata;
    const gone = change.type === "deleted";
    journal?.append(
      gone
        ? { version: change.version, key: change.key, namespace, name }
        : { version: change.version, key: change.key, namespace, name, object: change.object },
    );
    settle();
  };

  /** Group commit: what was written while the last group went to disk is the next group. */
  const tell = async (): Promise<void> => {
    while (untold.length > 0 || waiting.length > 0) {
      await undefined;
      const [changes, waiters] = [untold, waiting];
      [untold, waiting] = [[], []];
      await journal?.flush(liveRecords);
      told = changes.at(-1)?.version ?? told;
      for (const change of changes)
        for (const key of [change.key, "*"])
          for (const listener of [...(listeners.get(key) ?? [])]) listener(change);
      for (const resume of waiters) resume();
    }
    telling = false;
  };
  const settle = (): void => {
    if (telling) return;
    telling = true;
    tell().catch(fail);
  };
  /** The disk does not take our writes: nothing is acknowledged any more. */
  const fail = (error: unknown): void => {
    onFailure(error);
  };

  const liveRecords = (): JournalRecord[] => {
    const records: JournalRecord[] = [];
    for (const [key, { sorted }] of tables)
      for (const object of sorted()) {
        const { namespace = "", name } = object.metadata;
        records.push({
          version: Number(object.metadata.resourceVersion),
          key,
          namespace,
          name,
          object,
        });
      }
    records.push({ version, key: "", namespace: "", name: "" });
    return records;
  };

  return {
    get version() {
      return version;
    },
    get toldVersion() {
      return told;
    },
    get: (key, namespace, name) => tables.get(key)?.get(namespace, name),
    list: (key, namespace) => tables.get(key)?.sorted(namespace) ?? [],
    put: (key, object) => {
      version++;
      const { namespace = "", name } = object.metadata;
      const previous = table(key).get(namespace, name);
      const stored = withVersion(object, version);
      table(key).set(stored);
      record({ type: previous ? "modified" : "added", object: stored, previous, version, key });
      return stored;
    },
    remove: (key, namespace, name) => {
      const previous = tables.get(key)?.get(namespace, name);
      if (!previous) return undefined;
      version++;
      const last = withVersion(previous, version);
      table(key).delete(namespace, name);
      record({ type: "deleted", object: last, previous, version, key });
      return last;
    },
    durable: () => (telling ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
    since: (key, from) => {
      if (from < oldest) return undefined;
      return history.filter(
        (change) => change.key === key && change.version > from && change.version <= told,
      );
    },
    compact: (upTo) => {
      oldest = Math.max(oldest, upTo);
      history = history.filter((change) => change.version > upTo);
    },
    subscribe: (key, listener) => {
      const set = listeners.get(key) ?? new Set();
      listeners.set(key, set.add(listener));
      return () => set.delete(listener);
    },
    keys: () => [...tables.keys()],
    snapshot: () => {
      if (telling) throw new Error("a snapshot needs a store where nothing is pending");
      return {
        version,
        oldest,
        history: [...history],
        tables: new Map([...tables].map(([key, { sorted }]) => [key, sorted()])),
      };
    },
    close: async () => {
      if (telling) await new Promise<void>((resolve) => waiting.push(resolve));
      await journal?.close();
    },
  };
}

function withVersion(object: KubeObject, version: number): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
}

/** Objects of one key by namespace and name. */
interface Table {
  get(namespace: string, name: string): KubeObject | undefined;
  set(object: KubeObject): void;
  delete(namespace: string, name: string): void;
  /** In the order of the keys `namespace/name`, as etcd has them. */
  sorted(namespace?: string): KubeObject[];
}

function createTable(): Table {
  const shelves = new Map<string, Shelf>();
  return {
    get: (namespace, name) => shelves.get(namespace)?.objects.get(name),
    set: (object) => {
      const { namespace = "", name } = object.metadata;
      const shelf = shelves.get(namespace) ?? { objects: new Map(), names: [] };
      shelves.set(namespace, shelf);
      if (!shelf.objects.has(name)) shelf.names.splice(placeIn(shelf.names, name), 0, name);
      shelf.objects.set(name, object);
    },
    delete: (namespace, name) => {
      const shelf = shelves.get(namespace);
      if (!shelf?.objects.delete(name)) return;
      shelf.names.splice(placeIn(shelf.names, name), 1);
      if (shelf.names.length === 0) shelves.delete(namespace);
    },
    sorted: (namespace) => {
      if (namespace !== undefined) return listed(shelves.get(namespace));
      const spaces = [...shelves.keys()].map((space) => `${space}/`).sort();
      return spaces.flatMap((space) => listed(shelves.get(space.slice(0, -1))));
    },
  };
}

/** The objects of one namespace; the names are kept sorted, since lists are asked for far more often than names come and go. */
interface Shelf {
  readonly objects: Map<string, KubeObject>;
  readonly names: string[];
}

function listed(shelf: Shelf | undefined): KubeObject[] {
  const { names, objects } = shelf ?? { names: [], objects: new Map<string, KubeObject>() };
  const found: KubeObject[] = [];
  for (const name of names) {
    const object = objects.get(name);
    if (object) found.push(object);
  }
  return found;
}

/** Index of the first name that is not before `name`. */
function placeIn(names: readonly string[], name: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((names[middle] ?? "") < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

function rethrow(error: unknown): never {
  throw error;
}
