import { isMap } from "../../model/json.ts";
import { quantity } from "../../model/quantity.ts";
import type { FieldProblem } from "../http/api-error.ts";
import { nameProblem } from "./names.ts";
import { type Draft, invalidValue, mapsOf, problem, required, unsupported } from "./rule.ts";

const PULL_POLICIES = ["Always", "IfNotPresent", "Never"];
const PROBES = ["livenessProbe", "readinessProbe", "startupProbe"];

/**
 * Validates a pod spec or that of a pod template (core/v1 validation, as far as people run into it).
 * `claims` are the names of volumes that a StatefulSet adds to its pods.
 */
export function checkPodSpec(
  value: unknown,
  path: string,
  claims: readonly unknown[] = [],
): FieldProblem[] {
  const spec = isMap(value) ? value : {};
  const volumes = mapsOf(spec.volumes);
  const names = new Set([...volumes.map(({ name }) => name), ...claims]);
  const containers = mapsOf(spec.containers);
  const found = [...checkVolumes(volumes, `${path}.volumes`)];
  if (containers.length === 0) found.push(required(`${path}.containers`));
  found.push(...checkContainers(containers, `${path}.containers`, names));
  found.push(...checkContainers(mapsOf(spec.initContainers), `${path}.initContainers`, names));
  const policies = ["Always", "OnFailure", "Never"];
  if (!policies.includes(String(spec.restartPolicy)))
    found.push(unsupported(`${path}.restartPolicy`, spec.restartPolicy, policies));
  return found;
}

function checkVolumes(volumes: readonly Draft[], path: string): FieldProblem[] {
  const seen = new Set<unknown>();
  return volumes.flatMap((volume, index) => {
    const at = `${path}[${index}].name`;
    const wrong = nameProblem(at, volume.name, "label");
    const double = seen.has(volume.name) ? [duplicate(at, volume.name)] : [];
    seen.add(volume.name);
    const sources = Object.keys(volume).filter((key) => key !== "name");
    const several =
      sources.length > 1
        ? [
            problem(
              `${path}[${index}].${sources[1]}`,
              "FieldValueForbidden",
              "Forbidden: may not specify more than 1 volume type",
            ),
          ]
        : [];
    return [...wrong, ...double, ...several];
  });
}

function checkContainers(
  containers: readonly Draft[],
  path: string,
  volumes: ReadonlySet<unknown>,
): FieldProblem[] {
  const seen = new Set<unknown>();
  return containers.flatMap((container, index) => {
    const at = `${path}[${index}]`;
    const found: FieldProblem[] = [];
    if (!container.name) found.push(required(`${at}.name`));
    else found.push(...nameProblem(`${at}.name`, container.name, "label"));
    if (container.name && seen.has(container.name))
      found.push(duplicate(`${at}.name`, container.name));
    seen.add(container.name);
    if (!container.image) found.push(required(`${at}.image`));
    const policy = String(container.imagePullPolicy ?? "IfNotPresent");
    if (!PULL_POLICIES.includes(policy))
      found.push(unsupported(`${at}.imagePullPolicy`, policy, PULL_POLICIES));
    for (const probe of PROBES) found.push(...checkProbe(container[probe], `${at}.${probe}`));
    found.push(...checkResources(container.resources, `${at}.resources`));
    found.push(...checkPorts(mapsOf(container.ports), `${at}.ports`));
    found.push(...checkMounts(mapsOf(container.volumeMounts), `${at}.volumeMounts`, volumes));
    return found;
  });
}

function checkProbe(probe: unknown, path: string): FieldProblem[] {
  if (!isMap(probe)) return [];
  const actions = ["exec", "httpGet", "tcpSocket", "grpc"].filter((name) => probe[name]);
  if (actions.length === 0) return [required(path, "must specify a handler type")];
  return actions
    .slice(1)
    .map((name) =>
      problem(
        `${path}.${name}`,
        "FieldValueForbidden",
        "Forbidden: may not specify more than 1 handler type",
      ),
    );
}

function checkResources(resources: unknown, path: string): FieldProblem[] {
  const { requests, limits } = isMap(resources) ? resources : {};
  if (!isMap(requests) || !isMap(limits)) return [];
  return Object.entries(requests).flatMap(([name, request]) =>
    limits[name] !== undefined && quantity(request) > quantity(limits[name])
      ? [invalidValue(`${path}.requests`, request, `must be less than or equal to ${name} limit`)]
      : [],
  );
}

function checkPorts(ports: readonly Draft[], path: string): FieldProblem[] {
  return ports.flatMap(({ containerPort, protocol }, index) => {
    const found: FieldProblem[] = [];
    if (!containerPort) found.push(required(`${path}[${index}].containerPort`));
    else if (Number(containerPort) < 1 || Number(containerPort) > 65535)
      found.push(
        invalidValue(
          `${path}[${index}].containerPort`,
          containerPort,
          "must be between 1 and 65535, inclusive",
        ),
      );
    const known = ["SCTP", "TCP", "UDP"];
    if (!known.includes(String(protocol)))
      found.push(unsupported(`${path}[${index}].protocol`, protocol, known));
    return found;
  });
}

function checkMounts(
  mounts: readonly Draft[],
  path: string,
  volumes: ReadonlySet<unknown>,
): FieldProblem[] {
  const seen = new Set<unknown>();
  return mounts.flatMap(({ name, mountPath }, index) => {
    const found: FieldProblem[] = [];
    if (!name) found.push(required(`${path}[${index}].name`));
    else if (!volumes.has(name))
      found.push(
        problem(
          `${path}[${index}].name`,
          "FieldValueNotFound",
          `Not found: ${JSON.stringify(name)}`,
        ),
      );
    if (!mountPath) found.push(required(`${path}[${index}].mountPath`));
    else if (seen.has(mountPath))
      found.push(invalidValue(`${path}[${index}].mountPath`, mountPath, "must be unique"));
    seen.add(mountPath);
    return found;
  });
}

function duplicate(field: string, value: unknown): FieldProblem {
  return problem(field, "FieldValueDuplicate", `Duplicate value: ${JSON.stringify(value)}`);
}
