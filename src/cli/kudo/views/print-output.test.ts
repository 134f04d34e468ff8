import { expect, test } from "vitest";
import { asKudoPrints, printList, printOne } from "./print-output.ts";

const OPERATOR = {
  apiVersion: "kudo.dev/v1beta1",
  kind: "Operator",
  metadata: { name: "some-operator", namespace: "default" },
  spec: { description: "A fancy Operator", kudoVersion: "0.16.0" },
};
const INSTANCE = {
  apiVersion: "kudo.dev/v1beta1",
  kind: "Instance",
  metadata: { labels: { operator: "test" }, name: "test", namespace: "default", generation: 2 },
  spec: { operatorVersion: { name: "some-operator-0.1.0" } },
};

test("a list as YAML: documents after ---, each before a blank line, the end is ...", () => {
  expect(printed("yaml")).toBe(`---
apiVersion: kudo.dev/v1beta1
kind: Operator
metadata:
  creationTimestamp: null
  name: some-operator
  namespace: default
spec:
  description: A fancy Operator
  kudoVersion: 0.16.0
status: {}

---
apiVersion: kudo.dev/v1beta1
kind: Instance
metadata:
  creationTimestamp: null
  generation: 2
  labels:
    operator: test
  name: test
  namespace: default
spec:
  operatorVersion:
    name: some-operator-0.1.0
  planExecution: {}
status: {}

...
`);
});

test("a list as JSON: fields in the order of KUDO's types", () => {
  expect(printed("json")).toBe(`[
  {
    "kind": "Operator",
    "apiVersion": "kudo.dev/v1beta1",
    "metadata": {
      "name": "some-operator",
      "namespace": "default",
      "creationTimestamp": null
    },
    "spec": {
      "description": "A fancy Operator",
      "kudoVersion": "0.16.0"
    },
    "status": {}
  },
  {
    "kind": "Instance",
    "apiVersion": "kudo.dev/v1beta1",
    "metadata": {
      "name": "test",
      "namespace": "default",
      "generation": 2,
      "creationTimestamp": null,
      "labels": {
        "operator": "test"
      }
    },
    "spec": {
      "operatorVersion": {
        "name": "some-operator-0.1.0"
      },
      "planExecution": {}
    },
    "status": {}
  }
]
`);
});

test.each([
  ["yaml", 'at: "2019-10-17T01:01:01Z"\ncount: 2000000\n\n'],
  ["json", '{\n  "count": 2000000,\n  "at": "2019-10-17T01:01:01Z"\n}\n'],
] as const)("one value as %s", (format, text) => {
  expect(
    said((out) => printOne({ count: 2_000_000, at: "2019-10-17T01:01:01Z" }, format, out)),
  ).toBe(text);
});

function printed(format: "json" | "yaml"): string {
  return said((out) => printList([OPERATOR, INSTANCE].map(asKudoPrints), format, out));
}

function said(print: (terminal: Parameters<typeof printOne>[2]) => void): string {
  let text = "";
  print({
    out: (more) => {
      text += more;
    },
    err: () => {},
    isTty: false,
    colors: false,
    width: () => 80,
  });
  return text;
}
