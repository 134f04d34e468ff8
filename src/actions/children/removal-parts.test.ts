import { expect, test } from "vitest";
import { removalParts } from "./removal-parts.ts";

// An inventory and its parts as words; `I x` is an instance, `A` an account, all else an object.

test.each([
  ["", []],
  ["a b", ["a b"]],
  ["I x", ["I x"]],
  ["a I x b", ["b", "I x", "a"]],
  ["I x I y", ["I y", "I x"]],
  ["a I x A b", ["b", "I x", "A a"]],
  ["I x A", ["I x", "A"]],
  ["a F x", ["a F"]],
])("of %s", (inventory, parts) => {
  const words = inventory.replaceAll(/I /g, "I-").split(" ").filter(Boolean);
  const entries = words
    .filter((word) => word !== "x" && word !== "y")
    .map((word) => ({ ref: refOf(word), path: { plan: "deploy" } }));
  const found = removalParts(entries, "here").map((part) =>
    "child" in part ? `I ${part.child.name}` : part.objects.map(({ ref }) => ref.name).join(" "),
  );
  expect(found).toEqual(parts);
});

function refOf(word: string) {
  if (word.startsWith("I-"))
    return {
      apiVersion: "kudo.dev/v1beta1",
      kind: "Instance",
      namespace: "here",
      name: word.slice(2),
    };
  if (word === "F")
    return { apiVersion: "kudo.dev/v1beta1", kind: "Instance", namespace: "elsewhere", name: "F" };
  const kind = word === "A" ? "ServiceAccount" : "ConfigMap";
  return { apiVersion: "v1", kind, namespace: "here", name: word };
}
