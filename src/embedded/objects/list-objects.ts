import type { KubeObject } from "../../model/kube-object.ts";
import { randomUuid } from "../../model/random.ts";
import { badRequest, expired } from "../http/api-error.ts";
import { type ServedKind, storageKey } from "../kinds/served-kind.ts";
import type { ServerState } from "../server-state.ts";
import type { Store } from "../store.ts";
import { type Predicate, parseFieldSelector, parseLabelSelector } from "./selector.ts";

/** Objects of a list request, and the list's metadata. */
export interface ListResult {
  readonly items: readonly KubeObject[];
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
}

/** A list that is handed out in pages: all of them show the moment of the first. */
interface OpenList {
  readonly items: readonly KubeObject[];
  readonly version: number;
}

/** How many lists may be open; the oldest is forgotten, and its next page is 410. */
const MAX_OPEN = 100;
const openLists = new WeakMap<Store, Map<string, OpenList>>();

/** Lists objects by the selectors and paging of a query. Throws ApiError 400, and 410 for a page of a forgotten list. */
export function listObjects(
  { store, random }: ServerState,
  kind: ServedKind,
  namespace: string | undefined,
  query: URLSearchParams,
): ListResult {
  const token = query.get("continue");
  const limit = Number(query.get("limit") ?? 0);
  const list = token ? resume(store, token) : begin(store, kind, namespace, query);
  const rest = list.items;
  const metadata = { resourceVersion: String(list.version) };
  if (!(limit > 0) || rest.length <= limit) return { items: rest, metadata };
  const id = randomUuid(random);
  remember(store, id, { items: rest.slice(limit), version: list.version });
  return {
    items: rest.slice(0, limit),
    metadata: {
      ...metadata,
      continue: Buffer.from(id).toString("base64url"),
      remainingItemCount: rest.length - limit,
    },
  };
}

/** The label and field selector of a query; undefined when there is none. Throws ApiError 400. */
export function selectorOf(kind: ServedKind, query: URLSearchParams): Predicate | undefined {
  const [labels, fields] = [query.get("labelSelector"), query.get("fieldSelector")];
  const tests = [
    ...(labels ? [parseLabelSelector(labels)] : []),
    ...(fields ? [parseFieldSelector(fields, kind)] : []),
  ];
  return tests.length === 0 ? undefined : (object) => tests.every((test) => test(object));
}

function begin(
  store: Store,
  kind: ServedKind,
  namespace: string | undefined,
  query: URLSearchParams,
): OpenList {
  const wanted = query.get("resourceVersion");
  if (wanted && !/^\d+$/.test(wanted))
    throw badRequest(
      `resourceVersion: Invalid value: "${wanted}": strconv.ParseUint: invalid syntax`,
    );
  if (query.get("resourceVersionMatch") === "Exact" && Number(wanted) !== store.version)
    throw expired("The resourceVersion for the provided list is too old.");
  const all = store.list(storageKey(kind), namespace);
  const selects = selectorOf(kind, query);
  return { items: selects ? all.filter(selects) : all, version: store.version };
}

function resume(store: Store, token: string): OpenList {
  const id = Buffer.from(token, "base64url").toString();
  if (!/^[0-9a-f-]{36}$/.test(id)) throw badRequest("continue key is not valid: unknown token");
  const list = openLists.get(store)?.get(id);
  if (!list)
    throw expired(
      "The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.",
    );
  return list;
}

function remember(store: Store, id: string, list: OpenList): void {
  const lists = openLists.get(store) ?? new Map<string, OpenList>();
  openLists.set(store, lists.set(id, list));
  const [oldest] = lists.keys();
  if (lists.size > MAX_OPEN && oldest !== undefined) lists.delete(oldest);
}
