import { expect, test } from "vitest";
import type { FieldSet } from "./field-set.ts";
import { mergedAsApplied } from "./merged-as-applied.ts";

const PORTS: FieldSet = {
  "f:ports": { ".": {}, 'k:{"port":80,"protocol":"TCP"}': { ".": {}, "f:name": {}, "f:port": {} } },
};

test.each<[string, unknown, unknown, FieldSet, unknown]>([
  [
    "a port that changes its number",
    { ports: [{ port: 80, protocol: "TCP", name: "web" }], clusterIP: "10.0.0.1" },
    { ports: [{ port: 81, protocol: "TCP", name: "web" }] },
    PORTS,
    { ports: [{ port: 81, protocol: "TCP", name: "web" }], clusterIP: "10.0.0.1" },
  ],
  [
    "a port beside that of another",
    {
      ports: [
        { port: 80, protocol: "TCP", name: "web" },
        { port: 9, protocol: "UDP", name: "theirs" },
      ],
    },
    { ports: [{ port: 81, protocol: "TCP", name: "web" }] },
    PORTS,
    {
      ports: [
        { port: 81, protocol: "TCP", name: "web" },
        { port: 9, protocol: "UDP", name: "theirs" },
      ],
    },
  ],
  [
    "an item that stays keeps what the server filled in",
    { ports: [{ port: 80, protocol: "TCP", name: "web", nodePort: 30001 }] },
    { ports: [{ port: 80, protocol: "TCP" }] },
    PORTS,
    { ports: [{ port: 80, protocol: "TCP", nodePort: 30001 }] },
  ],
  [
    "a member that is no longer said",
    { data: { a: "1", b: "2", c: "theirs" } },
    { data: { a: "3" } },
    { "f:data": { ".": {}, "f:a": {}, "f:b": {} } },
    { data: { a: "3", c: "theirs" } },
  ],
  [
    "a map that is owned as a whole",
    { selector: { a: "1", b: "2" } },
    { selector: { a: "1" } },
    { "f:selector": {} },
    { selector: { a: "1" } },
  ],
  ["a list without keys", { l: [1, 2] }, { l: [3] }, { "f:l": {} }, { l: [3] }],
  [
    "values beside those of another",
    { l: ["x", "y"] },
    { l: ["z"] },
    { "f:l": { 'v:"x"': {} } },
    { l: ["z", "y"] },
  ],
  ["what was not there", { a: 1 }, { b: { c: 2 } }, { "f:a": {} }, { b: { c: 2 } }],
])("%s", (_, live, object, owned, merged) => {
  expect(mergedAsApplied(live, object, owned)).toEqual(merged);
});
