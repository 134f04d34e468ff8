import { createTwoFilesPatch } from "diff";
import type { InProcessServer } from "../embedded/start-in-process.ts";
import type { RunEvent } from "../model/event.ts";
import type { Place } from "../model/issue.ts";
import { isMap } from "../model/json.ts";
import { groupOf, type KubeObject } from "../model/kube-object.ts";
import { KUDO_API_VERSION } from "../model/names.ts";
import { dumpYaml } from "../yaml/dump-yaml.ts";
import { firstMissing, matches, partOf } from "./matches.ts";
import type { CountOf, Expectations, Expected, PartialObject, Reference } from "./test-case.ts";

/** An expectation that was not met. */
export interface Unmet {
  /** One sentence: what was expected, what was found. */
  readonly message: string;
  /** Where it is expected. */
  readonly at: Place;
  /** A unified diff of expected and found, where that says more. */
  readonly diff?: string;
}

/** What is left of a command when it has ended. */
export interface Aftermath {
  readonly server: InProcessServer;
  readonly namespace: string;
  /** Of the instance that the command named; undefined: the only one. */
  readonly instance: string | undefined;
  readonly exit: string;
  /** All that it printed. */
  readonly output: string;
  readonly events: readonly RunEvent[];
}

/** Every expectation of a command that is not met. */
export function checkExpectations(expect: Expectations, found: Aftermath): Unmet[] {
  const { exit } = expect;
  return [
    ...(exit.value === found.exit
      ? []
      : [{ message: `expected it to be ${exit.value}; it was ${found.exit}`, at: exit.at }]),
    ...expect.says.filter(({ value }) => !found.output.includes(value)).map(unsaid),
    ...expect.plans.flatMap((plan) => checkPlan(plan, found)),
    ...expect.objects.flatMap((object) => checkObject(object, found)),
    ...expect.absent.flatMap((ref) => checkAbsent(ref, found)),
    ...expect.count.flatMap((count) => checkCount(count, found)),
    ...checkEvents(expect.events, found.events),
  ];
}

function unsaid({ value, at }: Expected<string>): Unmet {
  return { message: `expected it to say: ${value}`, at };
}

function checkPlan(expected: Expectations["plans"][number], found: Aftermath): Unmet[] {
  const { plan, value, at } = expected;
  const all = objectsOf(found, { apiVersion: KUDO_API_VERSION, kind: "Instance" });
  const some = all.filter(
    ({ metadata }) => found.instance === undefined || metadata.name === found.instance,
  );
  const [instance] = some;
  if (instance === undefined || some.length > 1) {
    const why = instance ? "there are several instances" : "there is no instance";
    return [{ message: `expected plan ${plan} to be ${value}; ${why}`, at }];
  }
  const status = isMap(instance.status) ? instance.status : {};
  const plans = isMap(status.planStatus) ? status.planStatus : {};
  const one = plans[plan];
  const is = isMap(one) ? String(one.status) : "unknown to the instance";
  return is === value ? [] : [{ message: `expected plan ${plan} to be ${value}; it is ${is}`, at }];
}

function checkObject({ value, at }: Expected<PartialObject>, found: Aftermath): Unmet[] {
  const name = value.metadata.name;
  const live = objectsOf(found, value).find(({ metadata }) => metadata.name === name);
  if (live === undefined) return [{ message: `expected ${value.kind} ${name}; there is none`, at }];
  if (matches(live, value)) return [];
  const diff = createTwoFilesPatch(
    "expected",
    "found",
    dumpYaml(value.kind === "Secret" ? hidden(value, value) : value),
    dumpYaml(value.kind === "Secret" ? hidden(partOf(live, value), value) : partOf(live, value)),
    "",
    "",
    { context: 2 },
  );
  return [
    {
      message: `${value.kind} ${name} is not as expected`,
      at,
      diff: diff.slice(diff.indexOf("---")),
    },
  ];
}

function checkAbsent({ value, at }: Expected<Reference>, found: Aftermath): Unmet[] {
  const there = objectsOf(found, value).some(({ metadata }) => metadata.name === value.name);
  return there ? [{ message: `expected no ${value.kind} ${value.name}; it is there`, at }] : [];
}

function checkCount({ value, at }: Expected<CountOf>, found: Aftermath): Unmet[] {
  const labels = Object.entries(value.labels ?? {});
  const some = objectsOf(found, value).filter(({ metadata }) =>
    labels.every(([key, wanted]) => metadata.labels?.[key] === wanted),
  );
  if (some.length === value.is) return [];
  const names = some.map(({ metadata }) => metadata.name).join(", ");
  const found_ = some.length === 0 ? "there is none" : `there are ${some.length}: ${names}`;
  return [{ message: `expected ${value.is} of kind ${value.kind}; ${found_}`, at }];
}

function checkEvents(expected: Expectations["events"], events: readonly RunEvent[]): Unmet[] {
  const index = firstMissing(
    events,
    expected.map(({ value }) => value),
  );
  const missing = index === undefined ? undefined : expected[index];
  if (missing === undefined) return [];
  const said = dumpYaml(missing.value).trimEnd().split("\n").join("; ");
  const after = index === 0 ? "" : ` after the ${index} before it`;
  return [{ message: `expected an event${after}: ${said}`, at: missing.at }];
}

/** Objects of a kind in the namespace, or of the cluster. Throws nothing: of a kind that is not served there are none. */
function objectsOf(
  { server, namespace }: Aftermath,
  { apiVersion, kind }: { readonly apiVersion?: string; readonly kind: string },
): KubeObject[] {
  const served = server.state.kinds
    .all()
    .find(
      (one) => one.kind === kind && (apiVersion === undefined || one.group === groupOf(apiVersion)),
    );
  if (served === undefined) return [];
  const key = `${served.group}/${served.plural}`;
  return server.state.store
    .list(key, served.namespaced ? namespace : undefined)
    .map((object) => ({ ...object, kind, ...(apiVersion !== undefined && { apiVersion }) }));
}

/** A Secret without its values: of each it is told whether it is the one that is expected. */
function hidden(value: unknown, expected: PartialObject): unknown {
  if (!isMap(value) || !isMap(value.data)) return value;
  const wanted = isMap(expected.data) ? expected.data : {};
  const told = Object.entries(value.data).map(([key, one]) => [
    key,
    one === wanted[key] ? "(not shown)" : "(not shown, another one)",
  ]);
  return { ...value, data: Object.fromEntries(told) };
}
