import { noSuchResource } from "./api-error.ts";
import {
  aggregated,
  coreVersions,
  groupList,
  groupOf,
  resourceList,
  versionInfo,
} from "./discovery.ts";
import { openApiDocument, openApiIndex, openApiV2 } from "./openapi.ts";
import type { ApiAnswer } from "./request.ts";
import type { Route } from "./route.ts";
import type { ServerState } from "./server-state.ts";

/** Answers what is not a resource: discovery, health, version, OpenAPI. Throws ApiError 404. */
export function handlePath({ kinds }: ServerState, route: Route, accept: string): ApiAnswer {
  switch (route.type) {
    case "resource":
      return kinds.all().some((kind) => kind.group === route.target.group)
        ? refuse()
        : { code: 404, body: "404 page not found\n" };
    case "group":
      return found(groupOf(kinds, route.group));
    case "group-version":
      return found(resourceList(kinds, route.group, route.version));
    case "other":
      return found(other({ kinds }, route.path, accept.includes("g=apidiscovery.k8s.io;v=v2")));
    default:
      return route satisfies never;
  }
}

function other(
  { kinds }: Pick<ServerState, "kinds">,
  path: string,
  wantsAll: boolean,
): object | string | undefined {
  switch (path) {
    case "/api":
    case "/api/":
      return wantsAll ? aggregated(kinds, true) : coreVersions();
    case "/apis":
    case "/apis/":
      return wantsAll ? aggregated(kinds, false) : groupList(kinds);
    case "/version":
    case "/version/":
      return versionInfo();
    case "/healthz":
    case "/livez":
    case "/readyz":
      return "ok";
    case "/openapi/v2":
      return openApiV2();
    case "/openapi/v3":
    case "/openapi/v3/":
      return openApiIndex(kinds);
    case "/":
      return {
        paths: [
          "/api",
          "/apis",
          "/healthz",
          "/livez",
          "/openapi/v2",
          "/openapi/v3",
          "/readyz",
          "/version",
        ],
      };
    default:
      return path.startsWith("/openapi/v3/")
        ? openApiDocument(kinds, path.slice("/openapi/v3/".length))
        : undefined;
  }
}

function found(body: object | string | undefined): ApiAnswer {
  return body === undefined ? refuse() : { code: 200, body };
}

function refuse(): never {
  throw noSuchResource();
}
