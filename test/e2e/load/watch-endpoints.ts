import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { INSTANCE } from "../galera.ts";
import type { Served } from "./serving.ts";

/** Follows the endpoints of the client Service. */
export interface EndpointsWatch {
  readonly served: () => readonly Served[];
  readonly stop: () => void;
}

/** `tell` gets the addresses of all members that have been in the endpoints, by pod, whenever one joins them. */
export function watchEndpoints(
  namespace: string,
  tell: (addresses: Readonly<Record<string, string>>) => void,
): EndpointsWatch {
  const served: Served[] = [];
  const addresses: Record<string, string> = {};
  const path = '{range .subsets[*].addresses[*]}{.targetRef.name}={.ip} {end}{"\\n"}';
  const args = ["get", "endpoints", `${INSTANCE}-cs`, "--watch", "-o", `jsonpath=${path}`];
  let stopped = false;
  let child = start();
  function start(): ReturnType<typeof spawn> {
    const started = spawn("kubectl", ["-n", namespace, ...args], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    createInterface({ input: started.stdout }).on("line", (line) => {
      const pairs = line
        .trim()
        .split(" ")
        .filter(Boolean)
        .map((pair) => pair.split("="));
      served.push({ at: Date.now(), pods: pairs.map(([pod = ""]) => pod) });
      for (const [pod = "", ip = ""] of pairs) addresses[pod] = ip;
      tell(addresses);
    });
    // A watch ends now and then; the next begins with what is there.
    started.on("exit", () => {
      if (!stopped) child = start();
    });
    return started;
  }
  return {
    served: () => served,
    stop() {
      stopped = true;
      child.kill();
    },
  };
}
