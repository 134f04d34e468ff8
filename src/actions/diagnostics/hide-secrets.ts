import { isMap } from "../../model/json.ts";

/** What stands where something secret was. */
const HIDDEN = "***";

/** A name that somebody would give to something secret: `MYSQL_ROOT_PASSWORD`, `apiKey`, `tls.key`. */
const SECRET_NAME =
  /pass(word|wd|phrase|code)|pwd|secret|token|credential|api[-_.]?key|private[-_.]?key|access[-_.]?key|\.key$/i;

/** Annotations that hold a whole object once more. */
const COPIES = /last-applied-configuration$/;

/**
 * A value as diagnostics show it: values under names that sound secret are `***`, be it a parameter of an Instance, a default of an OperatorVersion, a change that a run was
 * about, or a variable of a container; copies of objects in annotations are left out. References to Secrets and names of them stay.
 */
export function hideSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hideSecrets);
  if (!isMap(value)) return value;
  const names = typeof value.name === "string" && SECRET_NAME.test(value.name);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      if (COPIES.test(key)) return [key, "(left out)"];
      const isText = typeof member === "string" && member !== "";
      const isHeld = names && VALUES.has(key);
      if (isText && (isHeld || (SECRET_NAME.test(key) && !REFERENCES.test(key))))
        return [key, HIDDEN];
      return [key, hideSecrets(member)];
    }),
  );
}

/** Where a map with a `name` keeps what the name stands for. */
const VALUES: ReadonlySet<string> = new Set(["value", "default", "from", "to"]);
/** Fields of Kubernetes that name a Secret; templates of an OperatorVersion, by their keys. */
const REFERENCES = /^(secretName|secretRef)$|\.ya?ml$/;
