import { isMap } from "../model/json.ts";
import type { Conversion, Fields } from "./conversion.ts";
import { mapIn, mapsIn, without } from "./fields.ts";

/** extensions/v1beta1 and networking.k8s.io/v1beta1 Ingress → networking.k8s.io/v1: backends have another shape, and a path its type, which was ImplementationSpecific. */
export const ingress: Conversion = (object) => {
  const work = new Work();
  const spec = mapIn(object, "spec");
  const { backend, rules } = spec;
  const converted = {
    ...without(spec, "backend"),
    ...(isMap(backend) && { defaultBackend: work.backend(backend, "spec.backend") }),
    ...(Array.isArray(rules) && {
      rules: mapsIn(spec, "rules").map((rule, index) => work.rule(rule, `spec.rules[${index}]`)),
    }),
  };
  const [problem] = work.problems;
  if (problem !== undefined) return { problem };
  return { object: { ...object, spec: converted }, notes: [...new Set(work.notes)] };
};

class Work {
  readonly notes: string[] = [];
  readonly problems: string[] = [];

  rule(rule: Fields, at: string): Fields {
    const { http } = rule;
    if (!isMap(http)) return rule;
    const paths = mapsIn(http, "paths").map((path, index) =>
      this.path(path, `${at}.http.paths[${index}]`),
    );
    return { ...rule, http: { ...http, paths } };
  }

  private path(path: Fields, at: string): Fields {
    const { backend, pathType } = path;
    if (!isMap(backend)) this.problems.push(`${at} has no backend`);
    return {
      ...path,
      pathType: pathType ?? "ImplementationSpecific",
      ...(isMap(backend) && { backend: this.backend(backend, `${at}.backend`) }),
    };
  }

  backend(backend: Fields, at: string): Fields {
    const { serviceName, servicePort } = backend;
    const rest = without(backend, "serviceName", "servicePort");
    if (serviceName === undefined && servicePort === undefined) return rest;
    if (typeof serviceName !== "string" || serviceName === "") {
      this.problems.push(`${at} names no service`);
      return rest;
    }
    const port = this.port(servicePort);
    if (port === undefined) this.problems.push(`${at} names no port of service ${serviceName}`);
    return { ...rest, service: { name: serviceName, ...(port && { port }) } };
  }

  /** The name of a port has a letter in it. */
  private port(port: unknown): Fields | undefined {
    if (typeof port === "number") return { number: port };
    if (typeof port !== "string" || port === "") return undefined;
    if (!/^\d+$/.test(port)) return { name: port };
    this.notes.push(
      `servicePort "${port}" is taken for the number ${port}, as no port can have such a name`,
    );
    return { number: Number(port) };
  }
}
