/** What a request asks for, in one word. */
export type Verb =
  | "get"
  | "list"
  | "watch"
  | "create"
  | "apply"
  | "patch"
  | "replace"
  | "delete"
  | "exec"
  | "log"
  | "review"
  | "discovery";

/** What a request of a driver is. */
export interface RequestKind {
  readonly verb: Verb;
  /** It changes nothing (`dryRun=All`). */
  readonly dryRun: boolean;
  /** Plural and name: `statefulsets/galera-instance-galera`; only the plural of a list. */
  readonly what: string;
}

/** Reads method, path, query and content type. */
export function requestKind(
  method: string,
  url: URL,
  contentType: string | undefined,
): RequestKind {
  const parts = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  const below = parts[0] === "api" ? parts.slice(2) : parts[0] === "apis" ? parts.slice(3) : [];
  const [plural, name, sub] =
    below[0] === "namespaces" && below.length > 2 ? below.slice(2) : below;
  const dryRun = url.searchParams.has("dryRun");
  if (plural === undefined) return { verb: "discovery", dryRun, what: url.pathname };
  const what = [plural, name].filter(Boolean).join("/") + (sub === undefined ? "" : `/${sub}`);
  return { verb: verbOf(method, url, { name, sub, plural, contentType }), dryRun, what };
}

function verbOf(
  method: string,
  url: URL,
  about: {
    readonly name: string | undefined;
    readonly sub: string | undefined;
    readonly plural: string;
    readonly contentType: string | undefined;
  },
): Verb {
  if (about.sub === "exec") return "exec";
  if (about.sub === "log") return "log";
  switch (method) {
    case "POST":
      return about.plural.endsWith("accessreviews") ? "review" : "create";
    case "PUT":
      return "replace";
    case "DELETE":
      return "delete";
    case "PATCH":
      return about.contentType?.includes("apply-patch") ? "apply" : "patch";
    default:
      if (url.searchParams.get("watch") === "true") return "watch";
      return about.name === undefined ? "list" : "get";
  }
}

/** Whether it changes what the server holds. */
export function isWrite({ verb, dryRun }: RequestKind): boolean {
  return !dryRun && WRITES.has(verb);
}

const WRITES: ReadonlySet<Verb> = new Set(["create", "apply", "patch", "replace", "delete"]);
