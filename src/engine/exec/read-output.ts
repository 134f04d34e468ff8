import { isMap, type JsonMap } from "../../model/json.ts";
import { TaskFailure } from "../steps/task-stop.ts";

/** Letters that are shown of a line that is none. */
const SHOWN = 200;

/** What a command printed: one JSON object a line, empty lines left out. `where` names pod and task. Throws a `TaskFailure` that shows the first other line. */
export function readOutput(stdout: string, where: string): readonly JsonMap[] {
  return stdout
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const value = parsed(line);
      if (isMap(value)) return value as JsonMap;
      const shown = line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
      throw new TaskFailure(`${where} printed a line that is no JSON object: ${shown}`, {
        result: "failed",
        hint: "standard output is for facts, one JSON object a line; let all else go to standard error",
      });
    });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
