import { expect, test } from "vitest";
import type { InventoryEntry } from "../../model/run.ts";
import { uninstallOrder } from "./uninstall-order.ts";

test.each([
  ["", ""],
  ["ConfigMap/a Service/b StatefulSet/c", "StatefulSet/c | Service/b | ConfigMap/a"],
  ["ConfigMap/a ConfigMap/b Service/c", "Service/c | ConfigMap/b ConfigMap/a"],
  ["StatefulSet/c ServiceAccount/x ConfigMap/a", "ConfigMap/a | StatefulSet/c | ServiceAccount/x"],
  [
    "Namespace/n CustomResourceDefinition/d ServiceAccount/s ConfigMap/a",
    "ConfigMap/a | ServiceAccount/s | CustomResourceDefinition/d | Namespace/n",
  ],
  ["ConfigMap/a Service/b ConfigMap/a", "Service/b | ConfigMap/a"],
])("%s is removed as %s", (made, removed) => {
  const inventory = made
    .split(" ")
    .filter(Boolean)
    .map((text): InventoryEntry => {
      const [kind = "", name = ""] = text.split("/");
      return { ref: { apiVersion: "v1", kind, name, namespace: "db" }, path: { plan: "deploy" } };
    });
  const groups = uninstallOrder(inventory);
  expect(
    groups.map((group) => group.map(({ kind, name }) => `${kind}/${name}`).join(" ")).join(" | "),
  ).toBe(removed);
});
