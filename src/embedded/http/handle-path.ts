import type { ServerState } from "../server-state.ts";
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

/** Answers what is not a resource: discovery, health, version, OpenAPI. Throws ApiError 404. */
export function handlePath(state: ServerState, route: Route, accept: string): ApiAnswer {
  const { kinds } = state;
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
      return other(state, route.path, accept);
    default:
      return route satisfies never;
  }
}

/** How clients ask for all of discovery at once. */
const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

function other({ kinds, kubeVersion }: ServerState, path: string, accept: string): ApiAnswer {
  const bare = path.replace(/(.)\/$/, "$1");
  if ((bare === "/api" || bare === "/apis") && accept.includes(AGGREGATED))
    return { code: 200, body: aggregated(kinds, bare === "/api"), contentType: AGGREGATED };
  switch (bare) {
    case "/api":
      return found(coreVersions());
    case "/apis":
      return found(groupList(kinds));
    case "/version":
      return found(versionInfo(kubeVersion));
    case "/healthz":
    case "/livez":
    case "/readyz":
      return found("ok");
    case "/openapi/v2":
      return found(openApiV2());
    case "/openapi/v3":
      return found(openApiIndex(kinds));
    case "/":
      return found({ paths: PATHS });
    default:
      return found(
        bare.startsWith("/openapi/v3/")
          ? openApiDocument(kinds, bare.slice("/openapi/v3/".length))
          : undefined,
      );
  }
}

const PATHS = [
  "/api",
  "/apis",
  "/healthz",
  "/livez",
  "/openapi/v2",
  "/openapi/v3",
  "/readyz",
  "/version",
];

function found(body: object | string | undefined): ApiAnswer {
  return body === undefined ? refuse() : { code: 200, body };
}

function refuse(): never {
  throw noSuchResource();
}
