import { isMap } from "../../model/json.ts";
import { type KubeObject, refOf, refText } from "../../model/kube-object.ts";
import { ANNOTATION } from "../../model/names.ts";
import { bare } from "./check-object.ts";

/** Members of a Secret whose values are never shown. */
const SECRET_PARTS = ["data", "stringData"];

/** Annotations that repeat a whole object, or are made of all that is in it: of a Secret they tell its values, or help to guess them. */
const COPIES: readonly string[] = [
  "kubectl.kubernetes.io/last-applied-configuration",
  ANNOTATION.lastApplied,
  ANNOTATION.contentDigest,
];

/**
 * The unified diff of two states of an object as YAML, without what every write changes and without the status. Values of a Secret are masked; that they
 * differ is said, how long they are is not.
 */
export async function previewDiff(before: KubeObject, after: KubeObject): Promise<string> {
  const [{ createTwoFilesPatch }, { dump }] = await Promise.all([
    import("diff"),
    import("js-yaml"),
  ]);
  const text = (object: KubeObject): string =>
    dump(object, { lineWidth: -1, noRefs: true, sortKeys: true });
  const name = refText(refOf(after));
  const old = text(masked(shown(before), undefined));
  const now = text(masked(shown(after), before));
  return createTwoFilesPatch(`${name} (live)`, `${name} (planned)`, old, now, "", "", {
    context: 3,
  });
}

function shown(object: KubeObject): KubeObject {
  const { status: _, ...rest } = bare(object);
  const annotations = Object.entries(rest.metadata.annotations ?? {});
  const kept = annotations.filter(([key]) => !COPIES.includes(key));
  const { annotations: _a, ...metadata } = rest.metadata;
  const left = kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) };
  return { ...rest, metadata: { ...metadata, ...left } } as KubeObject;
}

/** The values of a Secret as `***`; those that `other` does not have the same as `*** (changed)`. */
function masked(object: KubeObject, other: KubeObject | undefined): KubeObject {
  if (object.kind !== "Secret") return object;
  const parts = SECRET_PARTS.flatMap((part) => {
    const values = object[part];
    if (!isMap(values)) return [];
    const old = other?.[part];
    const entries = Object.entries(values).map(([key, value]) => {
      const isSame = other === undefined || (isMap(old) && old[key] === value);
      return [key, isSame ? "***" : "*** (changed)"];
    });
    return [[part, Object.fromEntries(entries)]];
  });
  return { ...object, ...Object.fromEntries(parts) } as KubeObject;
}
