import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, openTarget, type Target } from "../support/api.ts";

let t: Target;
let group: string;
let things: string;

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

const definition = (plural: string, kind: string, schema: object, more: object = {}): object => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { plural, kind },
    versions: [
      { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema }, ...more },
    ],
  },
});

const schema = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      required: ["size"],
      properties: {
        size: { type: "integer", minimum: 1, maximum: 9 },
        mode: { type: "string", enum: ["fast", "safe"], default: "safe" },
        port: { "x-kubernetes-int-or-string": true },
        name: { type: "string", pattern: "^[a-z]+$", maxLength: 5 },
        free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        labels: { type: "object", additionalProperties: { type: "string" } },
        when: { type: "string", nullable: true },
        items: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["id"],
          items: {
            type: "object",
            required: ["id"],
            properties: { id: { type: "string" }, on: { type: "boolean", default: true } },
          },
        },
      },
    },
    status: { type: "object", properties: { phase: { type: "string" } } },
  },
};

beforeAll(async () => {
  t = await openTarget();
  group = `${t.namespace}.example.com`;
  things = `/apis/${group}/v1/namespaces/${t.namespace}/things`;
  const { status } = await t.api.post(
    DEFINITIONS,
    definition("things", "Thing", schema, {
      subresources: {
        status: {},
        scale: { specReplicasPath: ".spec.size", statusReplicasPath: ".status.size" },
      },
      additionalPrinterColumns: [{ name: "Size", type: "integer", jsonPath: ".spec.size" }],
    }),
  );
  expect(status).toBe(201);
  await established("things");
});
afterAll(async () => {
  await t.api.delete(`${DEFINITIONS}/things.${group}`);
  await t.close();
});

async function established(plural: string): Promise<void> {
  await eventually(
    () => t.api.get(`${DEFINITIONS}/${plural}.${group}`),
    ({ body }) =>
      body.status?.conditions?.some(
        ({ type, status }: { type: string; status: string }) =>
          type === "Established" && status === "True",
      ),
  );
  await eventually(
    () => t.api.get(`/apis/${group}/v1/namespaces/${t.namespace}/${plural}`),
    ({ status }) => status === 200,
  );
}

const thing = (name: string, spec: object, more: object = {}): object => ({
  apiVersion: `${group}/v1`,
  kind: "Thing",
  metadata: { name },
  spec,
  ...more,
});

test("a definition gets names, conditions and stored versions", async () => {
  const { body } = await t.api.get(`${DEFINITIONS}/things.${group}`);
  expect(body.status.acceptedNames).toEqual({
    plural: "things",
    singular: "thing",
    kind: "Thing",
    listKind: "ThingList",
  });
  expect(body.status.storedVersions).toEqual(["v1"]);
  expect(body.status.conditions.map(({ type }: { type: string }) => type).sort()).toEqual([
    "Established",
    "NamesAccepted",
  ]);
});

test("its kind is discovered", async () => {
  const { body } = await eventually(
    () => t.api.get(`/apis/${group}/v1`),
    (answer) => answer.status === 200,
  );
  expect(body.resources.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(["things", "things/status", "things/scale"]),
  );
});

test("objects are pruned and defaulted", async () => {
  const { status, body } = await t.api.post(
    things,
    thing(
      "pruned",
      {
        size: 1,
        unknown: 1,
        free: { any: [1] },
        items: [{ id: "a", more: 1 }],
        labels: { a: "b" },
      },
      { other: 1 },
    ),
  );
  expect(status).toBe(201);
  expect(body.spec).toEqual({
    size: 1,
    mode: "safe",
    free: { any: [1] },
    items: [{ id: "a", on: true }],
    labels: { a: "b" },
  });
  expect(body.other).toBeUndefined();
  expect(body.metadata.generation).toBe(1);
});

test.each([
  ["integer", { size: 1, port: 80 }],
  ["string", { size: 1, port: "http" }],
])("an int-or-string takes an %s", async (name, spec) => {
  const { status } = await t.api.post(things, thing(`port-${name}`, spec));
  expect(status).toBe(201);
});

test.each([
  ["a missing field", {}, "spec.size: Required value"],
  [
    "a wrong type",
    { size: "1" },
    'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
  ],
  [
    "too small a number",
    { size: 0 },
    "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1",
  ],
  ["too large a number", { size: 10 }, "spec.size in body should be less than or equal to 9"],
  [
    "a word that is not known",
    { size: 1, mode: "quick" },
    'spec.mode: Unsupported value: "quick": supported values: "fast", "safe"',
  ],
  [
    "a text that does not match",
    { size: 1, name: "A" },
    "spec.name in body should match '^[a-z]+$'",
  ],
])("refuses %s", async (_, spec, words) => {
  const { status, body } = await t.api.post(things, thing("refused", spec));
  expect([status, body.reason]).toEqual([422, "Invalid"]);
  expect(body.message).toMatch(/^Thing\.\S+ "refused" is invalid: /);
  expect(body.message).toContain(words);
});

test("a status has its own endpoint", async () => {
  const created = await t.api.post(
    things,
    thing("stated", { size: 1 }, { status: { phase: "given" } }),
  );
  expect(created.body.status).toBeUndefined();
  const path = `${things}/stated`;
  const status = await t.api.patch(`${path}/status`, "merge-patch", {
    spec: { size: 5 },
    status: { phase: "set" },
  });
  expect([status.body.spec.size, status.body.status, status.body.metadata.generation]).toEqual([
    1,
    { phase: "set" },
    1,
  ]);
  const spec = await t.api.patch(path, "merge-patch", {
    spec: { size: 5 },
    status: { phase: "other" },
  });
  expect([spec.body.spec.size, spec.body.status, spec.body.metadata.generation]).toEqual([
    5,
    { phase: "set" },
    2,
  ]);
});

test("scales", async () => {
  await t.api.post(things, thing("scaled", { size: 2 }));
  const { body } = await t.api.patch(`${things}/scaled/scale`, "merge-patch", {
    spec: { replicas: 4 },
  });
  expect(body.spec.replicas).toBe(4);
  expect((await t.api.get(`${things}/scaled`)).body.spec.size).toBe(4);
});

test("needs a version to be replaced", async () => {
  const { body } = await t.api.post(things, thing("replaced", { size: 1 }));
  const without = await t.api.put(`${things}/replaced`, thing("replaced", { size: 2 }));
  expect(without.status).toBe(422);
  expect(without.body.message).toContain(
    "metadata.resourceVersion: Invalid value: 0x0: must be specified for an update",
  );
  expect((await t.api.put(`${things}/replaced`, { ...body, spec: { size: 2 } })).status).toBe(200);
});

test("merges lists by key when applied", async () => {
  const item = { type: "object", required: ["id"], properties: { id: { type: "string" } } };
  const list = {
    type: "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["id"],
    items: item,
  };
  const spec = { type: "object", properties: { items: list, size: { type: "integer" } } };
  await t.api.post(
    DEFINITIONS,
    definition("lists", "List", { type: "object", properties: { spec } }),
  );
  await established("lists");
  const path = `/apis/${group}/v1/namespaces/${t.namespace}/lists/a`;
  const withSpec = (value: object): object => ({ ...thing("a", value), kind: "List" });
  // A real server knows the schema for applying only some time after the definition is established.
  await eventually(
    () => t.api.apply(path, withSpec({ other: 1 }), { query: "dryRun=All" }),
    ({ status }) => status === 500,
  );
  await t.api.apply(path, withSpec({ size: 1, items: [{ id: "a" }] }), { manager: "first" });
  const second = withSpec({ items: [{ id: "b" }] });
  const { status, body } = await t.api.apply(path, second, { manager: "second" });
  expect([status, body.spec.items]).toEqual([200, [{ id: "a" }, { id: "b" }]]);
  const conflict = await t.api.apply(path, withSpec({ size: 2 }), { manager: "second" });
  expect(conflict.body.message).toBe(
    'Apply failed with 1 conflict: conflict with "first": .spec.size',
  );
  await t.api.delete(`${DEFINITIONS}/lists.${group}`);
});

test("knows no strategic merge patch", async () => {
  await t.api.post(things, thing("patched", { size: 1 }));
  const { status, body } = await t.api.patch(`${things}/patched`, "strategic-merge-patch", {
    spec: { size: 2 },
  });
  expect([status, body.reason]).toEqual([415, "UnsupportedMediaType"]);
});

describe("a definition", () => {
  test("that goes takes its objects with it", async () => {
    const made = definition("fleets", "Fleet", {
      type: "object",
      "x-kubernetes-preserve-unknown-fields": true,
    });
    expect((await t.api.post(DEFINITIONS, made)).status).toBe(201);
    await established("fleets");
    const fleets = `/apis/${group}/v1/namespaces/${t.namespace}/fleets`;
    const fleet = {
      apiVersion: `${group}/v1`,
      kind: "Fleet",
      metadata: { name: "a" },
      anything: { goes: [1] },
    };
    const { body } = await t.api.post(fleets, fleet);
    expect(body.anything).toEqual({ goes: [1] });
    await t.api.delete(`${DEFINITIONS}/fleets.${group}`);
    await eventually(
      () => t.api.get(`${DEFINITIONS}/fleets.${group}`),
      ({ status }) => status === 404,
    );
    await eventually(
      () => t.api.get(`${fleets}/a`),
      ({ status }) => status === 404,
    );
  });

  test.each([
    ["no schema", { schema: undefined }],
    ["no type", { schema: { openAPIV3Schema: { properties: { a: { type: "string" } } } } }],
    [
      "an array without items",
      { schema: { openAPIV3Schema: { type: "object", properties: { a: { type: "array" } } } } },
    ],
  ])("with %s is refused", async (_, more) => {
    const { status, body } = await t.api.post(DEFINITIONS, definition("wrongs", "Wrong", {}, more));
    expect([status, body.reason]).toEqual([422, "Invalid"]);
  });

  test("with another name than its group and plural is refused", async () => {
    const { status, body } = await t.api.post(DEFINITIONS, {
      ...definition("wrongs", "Wrong", { type: "object" }),
      metadata: { name: "other.example.com" },
    });
    expect([status, body.reason]).toEqual([422, "Invalid"]);
    expect(body.message).toContain('must be spec.names.plural+"."+spec.group');
  });
});
