import type { ExecResult } from "../../model/cluster.ts";
import type { FileRule } from "../../model/simulation.ts";
import type { ExecCall } from "./exec-rules.ts";
import { fillIn, nameFits } from "./pod-words.ts";
import { tarOf } from "./tar-of.ts";

/**
 * What `stat -c %s FILE` and `tar cf - FILE` say of a file that the rules know, in a pod that they know files of: the two commands by which a Pipe task is done. Undefined for
 * any other command and any other pod.
 */
export function fileAnswer(rules: readonly FileRule[], call: ExecCall): ExecResult | undefined {
  const here = rules.filter(
    ({ pods = "*", container = call.container }) =>
      nameFits(pods, call.pod) && container === call.container,
  );
  const asked = fileIn(call.command);
  if (here.length === 0 || asked === undefined) return undefined;
  const { program, path } = asked;
  const { pod, namespace, ready, replicas } = call;
  const text = here.map(({ files }) => files[path]).find((one) => one !== undefined);
  if (text === undefined) return notThere(program, path);
  const words = { pod, namespace, ready: String(ready), replicas: String(replicas) };
  const bytes = Buffer.from(fillIn(text, words));
  const printed = program === "stat" ? Buffer.from(`${bytes.length}\n`) : tarOf(path, bytes);
  return { exitCode: 0, stdout: printed.toString("utf8"), stderr: "", bytes: printed };
}

/** The file that a command is about. */
function fileIn(
  command: readonly string[],
): { readonly program: "stat" | "tar"; readonly path: string } | undefined {
  const [program, first, second, path] = command;
  if (path === undefined || command.length !== 4) return undefined;
  if (program === "stat" && first === "-c" && second === "%s") return { program, path };
  if (program === "tar" && first === "cf" && second === "-") return { program, path };
  return undefined;
}

/** In busybox's words. */
function notThere(program: "stat" | "tar", path: string): ExecResult {
  const why = program === "stat" ? `can't stat '${path}'` : path;
  return {
    exitCode: 1,
    stdout: "",
    stderr: `${program}: ${why}: No such file or directory\n`,
  };
}
