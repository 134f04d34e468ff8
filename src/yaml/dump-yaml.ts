/** How `dumpYaml` writes. */
export interface DumpYamlOptions {
  /** The value is a Kubernetes object: apiVersion, kind and metadata come first. */
  readonly object?: boolean;
}

/** YAML text of a value, keys sorted, ending in a line break. */
export function dumpYaml(_value: unknown, _options: DumpYamlOptions = {}): string {
  throw new Error("not written yet");
}
