import { createHash } from "node:crypto";
import { yamlText } from "../functions/go/yaml-text.ts";
import { isMap } from "../model/json.ts";
import { groupOf, type KubeObject } from "../model/kube-object.ts";

/** What KUDO's types know of these kinds; anything else in them is lost on the way through KUDO. `bytes`: base64 in JSON. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, "texts" | "bytes" | "plain">>>> = {
  ConfigMap: { immutable: "plain", data: "texts", binaryData: "bytes" },
  Secret: { immutable: "plain", data: "bytes", stringData: "texts", type: "plain" },
};

/** Whether KUDO's hash can be about such an object. */
export function isDigested({ apiVersion, kind }: KubeObject): boolean {
  return groupOf(apiVersion) === "" && kind in FIELDS;
}

/** MD5 of the text that KUDO makes of a ConfigMap or Secret to see its changes (compat section 4.3); 16 bytes. */
export function kudoDigest(object: KubeObject): Buffer {
  return createHash("md5").update(kudoDigestText(object)).digest();
}

/** That text: yaml.v2 of the object, without all that says who and where it is. */
export function kudoDigestText(object: KubeObject): string {
  const { name, labels } = object.metadata;
  return yamlText({
    object: {
      apiVersion: "",
      kind: "",
      ...contentOf(object),
      metadata: {
        name,
        ...(isMap(labels) && Object.keys(labels).length > 0 && { labels: { ...labels } }),
        annotations: {},
        finalizers: [],
        managedFields: [],
        ownerReferences: [],
        deletionGracePeriodSeconds: 0,
        remainingItemCount: 0,
      },
    },
  });
}

/** As it is after a way through Go's types: what is empty is not there, and bytes are written one way. */
function contentOf(object: KubeObject): Record<string, string | boolean | Record<string, string>> {
  const content: Record<string, string | boolean | Record<string, string>> = {};
  for (const [field, form] of Object.entries(FIELDS[object.kind] ?? {})) {
    const value = object[field];
    if (form === "plain") {
      if (typeof value === "boolean" || (typeof value === "string" && value !== ""))
        content[field] = value;
    } else if (isMap(value) && Object.keys(value).length > 0) {
      content[field] = Object.fromEntries(
        Object.entries(value).map(([key, text]) => [
          key,
          form === "bytes"
            ? Buffer.from(String(text ?? ""), "base64").toString("base64")
            : String(text ?? ""),
        ]),
      );
    }
  }
  return content;
}
