import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { HIDDEN, soundsSecret } from "../../model/secret-name.ts";

/** Annotations that hold a whole object once more. */
const COPIES = /last-applied-configuration$/;

/**
 * A value as diagnostics show it: values under names that sound secret are `***`, be it a parameter of an Instance, a default of an OperatorVersion, a change that a run was
 * about, or a variable of a container; copies of objects in annotations are left out. References to Secrets and names of them stay.
 * @param known texts that are secret wherever they stand, such as in the words of a command
 */
export function hideSecrets(value: unknown, known: readonly string[] = []): unknown {
  if (typeof value === "string") return hideTexts(value, known);
  if (Array.isArray(value)) return value.map((item) => hideSecrets(item, known));
  if (!isMap(value)) return value;
  const names = typeof value.name === "string" && soundsSecret(value.name);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      if (COPIES.test(key)) return [key, "(left out)"];
      const isText = typeof member === "string" && member !== "";
      const isHeld = names && VALUES.has(key);
      if (isText && (isHeld || (soundsSecret(key) && !REFERENCES.test(key)))) return [key, HIDDEN];
      return [key, hideSecrets(member, known)];
    }),
  );
}

/** A text without the secret ones in it. */
export function hideTexts(text: string, known: readonly string[]): string {
  return known.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text);
}

/**
 * The values of an Instance's parameters whose names sound secret, longest first. Short ones are left out: they stand in other words too, and who knows of them that they are
 * hidden everywhere knows them.
 */
export function secretTexts(instance: KubeObject): string[] {
  const { parameters } = (instance.spec ?? {}) as { parameters?: unknown };
  const entries = isMap(parameters) ? Object.entries(parameters) : [];
  return entries
    .flatMap(([name, text]) =>
      typeof text === "string" && soundsSecret(name) ? [text.trim()] : [],
    )
    .filter((text) => text.length >= 8)
    .sort((a, b) => b.length - a.length);
}

/** Where a map with a `name` keeps what the name stands for. */
const VALUES: ReadonlySet<string> = new Set(["value", "default", "from", "to"]);
/** Fields of Kubernetes that name a Secret; templates of an OperatorVersion, by their keys. */
const REFERENCES = /^(secretName|secretRef)$|\.ya?ml$/;
