import { pathText, type RunFailure, type RunInputs, type RunPath } from "../../model/run.ts";

/** What words of a step's status depend on. */
type Told = Pick<RunInputs, "pkg" | "instance">;

/** What stands in the status of a step that is tried again; in KUDO's words for its packages (compat section 7.3), which its readers know. */
export function troubleText(cause: string, path: RunPath, { pkg }: Told): string {
  if (pkg.dialect !== "kudo") return cause;
  return `A transient error when executing task ${pathText(path)}. Will retry. ${cause}`;
}

/** The same for a step that has failed for good. */
export function failureText({ message, path }: RunFailure, { pkg, instance }: Told): string {
  if (pkg.dialect !== "kudo") return message;
  const which = `${instance.namespace}/${instance.name} failed in ${pathText(path)}`;
  return `Error during execution: fatal error: ${which}: ${message}`;
}
