import type { FieldProblem } from "../http/api-error.ts";
import { invalidValue, required } from "./rule.ts";

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const SERVICE = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** A rule for names, in the words of k8s.io/apimachinery's validation. */
interface NameRule {
  readonly matches: (name: string) => boolean;
  readonly max: number;
  readonly text: string;
}

const RULES: Record<NameFormat, NameRule> = {
  subdomain: {
    matches: (name) => SUBDOMAIN.test(name),
    max: 253,
    text: "a DNS-1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  },
  label: {
    matches: (name) => LABEL.test(name),
    max: 63,
    text: "a DNS-1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
  },
  service: {
    matches: (name) => SERVICE.test(name),
    max: 63,
    text: "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
  },
  path: {
    matches: (name) => name !== "." && name !== ".." && !/[/%]/.test(name),
    max: 253,
    text: "may not contain '/' or '%', nor be '.' or '..'",
  },
};

/** How the objects of a kind may be named. */
export type NameFormat = "subdomain" | "label" | "service" | "path";

/** Kinds whose names are not subdomains. */
const FORMATS: Readonly<Record<string, NameFormat>> = {
  "/Namespace": "label",
  "/Service": "service",
  "rbac.authorization.k8s.io/Role": "path",
  "rbac.authorization.k8s.io/RoleBinding": "path",
  "rbac.authorization.k8s.io/ClusterRole": "path",
  "rbac.authorization.k8s.io/ClusterRoleBinding": "path",
};

/** The name format of a kind. */
export function nameFormat(group: string, kind: string): NameFormat {
  return FORMATS[`${group}/${kind}`] ?? "subdomain";
}

/** What is wrong with a name. */
export function nameProblem(field: string, name: unknown, format: NameFormat): FieldProblem[] {
  if (typeof name !== "string" || name === "") return [required(field)];
  const rule = RULES[format];
  if (name.length > rule.max)
    return [invalidValue(field, name, `must be no more than ${rule.max} characters`)];
  return rule.matches(name) ? [] : [invalidValue(field, name, rule.text)];
}

/** What is wrong with labels: keys and values. */
export function labelProblems(
  field: string,
  labels: Readonly<Record<string, string>>,
): FieldProblem[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const found = keyProblems(field, key);
    if (value.length > 63)
      found.push(invalidValue(field, value, "must be no more than 63 characters"));
    else if (value !== "" && !QUALIFIED.test(value))
      found.push(
        invalidValue(
          field,
          value,
          "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        ),
      );
    return found;
  });
}

/** What is wrong with the key of a label or annotation. */
export function keyProblems(field: string, key: string): FieldProblem[] {
  const slash = key.indexOf("/");
  const [prefix, name] = slash < 0 ? ["", key] : [key.slice(0, slash), key.slice(slash + 1)];
  const fine =
    QUALIFIED.test(name) &&
    name.length <= 63 &&
    (slash < 0 || SUBDOMAIN.test(prefix.toLowerCase()));
  return fine
    ? []
    : [
        invalidValue(
          field,
          key,
          "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
        ),
      ];
}
