import { describe, expect, test } from "vitest";
import { loadPackage } from "../src/package/load-package.ts";
import { nativeOperator, type OperatorFile } from "../src/package/native/native-operator.ts";
import { nativeParameters, type ParamsFile } from "../src/package/native/native-parameters.ts";
import { readSchema, type SchemaName, schemaErrors } from "../src/package/schema-errors.ts";
import { readTestCases, type TestFile, testCases } from "../src/package-test/test-case.ts";
import { dumpYaml } from "../src/yaml/dump-yaml.ts";

// The schemas in schemas/ and the code that reads the files must know the same fields.

type Schema = Readonly<Record<string, unknown>>;

const METER: Schema = {
  pod: "a.yaml",
  container: "main",
  budget: { failed: 0, gap: "1s", p99: "100ms" },
  over: "pause",
};

/** A file with every field that there is, each list with an item of every kind. */
const WHOLE: Readonly<Record<SchemaName, Schema>> = {
  operator: {
    apiVersion: "kplan.dev/v1",
    name: "demo",
    operatorVersion: "0.1.0",
    appVersion: "10.11",
    kubernetesVersion: "1.20",
    kplanVersion: ">=0.1",
    description: "Shows every field.",
    url: "https://example.com",
    maintainers: [{ name: "Somebody", email: "somebody@example.com" }],
    meter: METER,
    tasks: [
      { name: "apply", kind: "Apply", when: "true", spec: { resources: ["a.yaml"] } },
      { name: "delete", kind: "Delete", when: true, spec: { resources: ["a.yaml"] } },
      {
        name: "look",
        kind: "Exec",
        when: "Params.COUNT > 1",
        spec: {
          pods: "app=demo",
          container: "main",
          forEach: "pod",
          command: ["look"],
          stdin: "{{Name}}",
          timeout: "10s",
          record: { name: "{{Name}}-looked", lifetime: "claims", once: "run" },
        },
      },
      {
        name: "first",
        kind: "Exec",
        spec: {
          pod: "demo-0",
          command: ["look"],
          stdinFrom: [{ secret: "{{Name}}-secrets", key: "PASSWORD" }],
        },
      },
      {
        name: "rest",
        kind: "Dummy",
        when: false,
        spec: { wantErr: false, fatal: false, done: true },
      },
    ],
    plans: {
      deploy: {
        strategy: "serial",
        require: [{ id: "small", expression: "Params.COUNT < 9", message: "Too many." }],
        phases: [
          {
            name: "main",
            strategy: "parallel",
            steps: [
              {
                name: "all",
                strategy: "serial",
                tasks: ["apply", "delete", "rest"],
                timeout: "30m",
                noActivity: "1m30s",
                when: true,
                require: [{ id: "never", expression: false, message: "Never." }],
                gate: {
                  pods: "app=demo",
                  container: "main",
                  exec: ["cat", "/state"],
                  expect: [
                    { all: "Values.ready == 1", message: "Not ready." },
                    { any: true },
                    { count: "Values.ready == 1", min: 1, max: "Expected" },
                    { same: "uuid" },
                  ],
                  slowWhen: "size(Pods) > 3",
                  period: "500ms",
                },
                rollout: { statefulSet: "{{Name}}" },
                meter: METER,
                onImmutable: "orphan",
              },
              {
                name: "asked",
                tasks: ["apply"],
                gate: { sql: "SELECT 1", client: ["mariadb", "-e"], expect: [{ same: "one" }] },
                meter: true,
              },
            ],
          },
        ],
      },
    },
  },
  params: {
    apiVersion: "kplan.dev/v1",
    groups: [{ name: "size", displayName: "Size", description: "How large it is." }],
    parameters: [
      {
        name: "COUNT",
        displayName: "Count",
        description: "How many there are.",
        hint: "an odd number",
        group: "size",
        type: "integer",
        default: 3,
        required: true,
        enum: [1, 3],
        immutable: false,
        trigger: "deploy",
      },
      { name: "KEY", type: "secret", generate: "private-key" },
    ],
  },
  test: {
    cases: [
      {
        name: "grows",
        seed: "a",
        kubeVersion: "1.20",
        parameters: {},
        pods: [
          {
            pods: "*-0",
            schedule: "1s",
            start: "30s",
            image: "missing",
            ready: "never",
            crashes: { after: "10s", times: 2 },
            initCrashes: 1,
            end: "never",
          },
        ],
        commands: [
          {
            run: "install",
            meanwhile: [
              {
                after: "1m",
                when: "deploy.main.all",
                delete: { apiVersion: "v1", kind: "Pod", name: "a-0" },
                edit: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } },
                create: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "b" } },
                exec: { pods: "*", command: "simulate lost" },
                nodeLost: "node0",
                serverClock: "1h",
                driverClock: "-90s",
                kill: true,
                interrupt: true,
                run: "plan pause",
                exit: "failed",
              },
            ],
            expect: {
              exit: "complete",
              says: ["done"],
              objects: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } }],
              absent: [{ apiVersion: "v1", kind: "Pod", name: "a-1" }],
              count: [{ apiVersion: "v1", kind: "Pod", labels: {}, is: 1 }],
              plans: {},
              events: [{ type: "run-started" }],
            },
          },
        ],
      },
    ],
  },
};

/** Maps that may have more fields than the schema names. */
const FREE = /(^|\.)(parameters|edit|create|metadata|(objects|events)\.\d+)$/;

/** Fields that the code reads before the schema's turn comes, to choose the dialect. */
const READ_ELSEWHERE: Readonly<Record<SchemaName, readonly string[]>> = {
  operator: ["apiVersion"],
  params: ["apiVersion"],
  test: [],
};

const NAMES: readonly SchemaName[] = ["operator", "params", "test"];

describe.each(NAMES)("%s.schema.json", (name) => {
  const schema = readSchema(name);

  test("takes the file with every field", () => {
    expect(schemaErrors(name, WHOLE[name])).toEqual([]);
    expect(load(name, WHOLE[name])).toEqual([]);
  });

  test("names no field that the file with every field lacks", () => {
    expect([...fieldsIn(WHOLE[name])].sort()).toEqual([...fieldsOf(schema, schema)].sort());
  });

  test("and the code that reads the file know the same fields", () => {
    const read = new Set(READ_ELSEWHERE[name]);
    readWith(name, watched(WHOLE[name], "", read));
    expect([...read].sort()).toEqual([...fieldsIn(WHOLE[name])].sort());
  });

  test("describes every field", () => {
    const silent = propertiesIn(schema, schema).filter(
      ([, property]) => typeof property.description !== "string",
    );
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  test("lets no map take fields that it does not name", () => {
    for (const map of mapsIn(schema))
      expect(map.additionalProperties ?? map.discriminator, JSON.stringify(map)).toBeDefined();
  });

  test.each(mutations(WHOLE[name]))("what it refuses, the loader refuses: %s", (_, file) => {
    const refused = schemaErrors(name, file).length > 0;
    expect(load(name, file).length > 0 || !refused).toBe(true);
    expect(refused).toBe(true);
  });
});

/** Errors of loading a package with this file and the other one whole. */
function load(name: SchemaName, file: unknown): readonly unknown[] {
  if (name === "test") return readTestCases(dumpYaml(file), "tests/a.yaml").issues;
  const files = { ...WHOLE, [name]: file };
  const { issues } = loadPackage(
    "demo",
    new Map(
      NAMES.map(
        (each) => [`${each}.yaml`, new TextEncoder().encode(dumpYaml(files[each]))] as const,
      ),
    ),
  );
  return issues;
}

function readWith(name: SchemaName, file: unknown): void {
  const place = { file: "a.yaml", line: 1, col: 1 };
  if (name === "test") JSON.stringify(testCases(file as TestFile, { placeOf: () => place }, []));
  else if (name === "operator") JSON.stringify(nativeOperator(file as OperatorFile));
  else JSON.stringify(nativeParameters(file as ParamsFile, () => place));
}

/** The value, noting the path of each field that is read; paths are as in `fieldsIn`. */
function watched<Value>(value: Value, path: string, read: Set<string>): Value {
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof key === "symbol" || !Object.hasOwn(target, key)) return member;
      const below = Array.isArray(target) ? path : join(path, key);
      if (!Array.isArray(target) && path !== "plans") read.add(below);
      return watched(member, path === "plans" ? "plan" : below, read);
    },
  });
}

/** Paths of the fields that a file has; those of a plan, whatever its name, begin with `plan`. */
function fieldsIn(value: unknown, path = ""): Set<string> {
  if (Array.isArray(value)) return new Set(value.flatMap((item) => [...fieldsIn(item, path)]));
  if (typeof value !== "object" || value === null) return new Set();
  return new Set(
    Object.entries(value).flatMap(([key, member]) =>
      path === "plans"
        ? [...fieldsIn(member, "plan")]
        : [join(path, key), ...fieldsIn(member, join(path, key))],
    ),
  );
}

/** Paths of the fields that a schema names. */
function fieldsOf(schema: Schema, root: Schema): Set<string> {
  return new Set(propertiesIn(schema, root).map(([path]) => path));
}

function propertiesIn(schema: Schema, root: Schema, path = ""): [string, Schema][] {
  const { $ref, properties, items, additionalProperties, oneOf, else: otherwise } = schema;
  const found: [string, Schema][] = [];
  if (typeof $ref === "string") {
    const [, , name = ""] = $ref.split("/");
    found.push(...propertiesIn((root.$defs as Record<string, Schema>)[name] ?? {}, root, path));
  }
  for (const [key, property] of Object.entries((properties ?? {}) as Record<string, Schema>))
    found.push([join(path, key), property], ...propertiesIn(property, root, join(path, key)));
  for (const inner of [items, otherwise, ...(Array.isArray(oneOf) ? oneOf : [])])
    if (typeof inner === "object") found.push(...propertiesIn(inner as Schema, root, path));
  if (typeof additionalProperties === "object")
    found.push(...propertiesIn(additionalProperties as Schema, root, "plan"));
  return found;
}

/** The schemas of maps anywhere in a schema. */
function mapsIn(schema: unknown): Schema[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = "type" in schema && schema.type === "object" ? [schema as Schema] : [];
  return [...own, ...Object.values(schema).flatMap(mapsIn)];
}

/** Files that are wrong in one place: each map with one more field, each value of another type. */
function mutations(file: Schema): [string, unknown][] {
  const wrong: [string, unknown][] = [["a list instead of it", [file]]];
  const visit = (value: unknown, path: readonly (string | number)[]): void => {
    const here = path.join(".") || "the file";
    if (Array.isArray(value)) {
      wrong.push([`a map instead of the list ${here}`, replaced(file, path, { a: 1 })]);
      for (const [index, item] of value.entries()) visit(item, [...path, index]);
      return;
    }
    if (typeof value === "object" && value !== null) {
      if (here !== "plans" && !FREE.test(here))
        wrong.push([`another field in ${here}`, replaced(file, path, { ...value, another: 1 })]);
      if (path.length > 0) wrong.push([`a text instead of ${here}`, replaced(file, path, "text")]);
      for (const [key, member] of Object.entries(value)) visit(member, [...path, key]);
      return;
    }
    // What a default and an enum may be is the type's affair, which the loader knows and the schema does not.
    if (here.includes("default") || here.includes("enum")) return;
    wrong.push([`a map instead of ${here}`, replaced(file, path, { a: 1 })]);
  };
  visit(file, []);
  return wrong;
}

function replaced(value: unknown, path: readonly (string | number)[], by: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index) => (index === head ? replaced(item, rest, by) : item));
  const map = value as Record<string, unknown>;
  return { ...map, [head]: replaced(map[head], rest, by) };
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
