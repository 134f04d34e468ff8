import { map, text } from "./arguments.ts";
import { both } from "./define.ts";
import { nameOfKind } from "./kinds.ts";
import { FunctionError, type TemplateFunction } from "./template-function.ts";

/** URLs in parts, and back (Go's net/url). */
export const URLS: readonly TemplateFunction[] = [
  both("urlParse", 1, ([s]) => urlParse(text(s))),
  both("urlJoin", 1, ([parts]) => urlJoin(map(parts))),
];

/** RFC 3986, appendix B. */
const URL_PARTS =
  /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/su;

function urlParse(s: string): Record<string, string> {
  const [, scheme = "", authority, path = "", query = "", fragment = ""] = URL_PARTS.exec(s) ?? [];
  const [, userinfo = "", host = ""] = /^(?:(.*)@)?(.*)$/su.exec(authority ?? "") ?? [];
  const opaque = scheme !== "" && authority === undefined && path !== "" && !path.startsWith("/");
  if (s.startsWith(":")) throw new FunctionError("the URL has no scheme before its colon");
  if (hasControl(s)) throw new FunctionError("the URL contains control characters");
  return {
    scheme: scheme.toLowerCase(),
    host,
    hostname: host.replace(/:\d*$/, "").replace(/^\[(.*)\]$/, "$1"),
    path: opaque ? "" : decoded(path),
    query,
    opaque: opaque ? path : "",
    fragment: decoded(fragment),
    userinfo,
  };
}

function urlJoin(parts: Readonly<Record<string, unknown>>): string {
  const part = (name: string) => {
    const value = Object.hasOwn(parts, name) ? parts[name] : "";
    if (typeof value === "string") return value;
    throw new FunctionError(`${name} must be a text, got ${nameOfKind(value)}`);
  };
  const [scheme, host, path, userinfo] = ["scheme", "host", "path", "userinfo"].map(part);
  const authority = host || userinfo ? `//${userinfo ? `${userinfo}@` : ""}${host}` : "";
  const rooted = authority && path && !path.startsWith("/") ? `/${path}` : (path ?? "");
  const place = part("opaque") || authority + encoded(rooted);
  const query = part("query") ? `?${part("query")}` : "";
  const fragment = part("fragment") ? `#${encoded(part("fragment"))}` : "";
  return `${scheme ? `${scheme}:` : ""}${place}${query}${fragment}`;
}

function hasControl(s: string): boolean {
  return Array.from(s).some((char) => char < " " || char === "\u007f");
}

function decoded(s: string): string {
  try {
    return decodeURIComponent(s);
  } catch (error) {
    throw new FunctionError("the URL contains a wrong % escape", { cause: error });
  }
}

/** Escapes what may not stand in a path. */
function encoded(s: string): string {
  return encodeURI(Buffer.from(s).toString()).replace(/[?#']/g, (char) =>
    char === "'" ? "'" : encodeURIComponent(char),
  );
}
