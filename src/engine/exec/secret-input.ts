import { isMap } from "../../model/json.ts";
import type { ExecTask } from "../../model/task.ts";
import { renderText } from "../render-text.ts";
import { callOptions, type TaskContext } from "../run-context.ts";
import { TaskFailure } from "../task-stop.ts";

/** Secret values on their way to one command. */
export interface SecretInput {
  /** One line each, in base64. */
  readonly stdin: string;
  /** A text of the command without them. */
  readonly masked: (text: string) => string;
}

/** Letters below which a value is no secret that could be found again in a text. */
const SHORTEST = 6;

/** Reads the values that a task gives its command; undefined for a task that gives none, and where no command would read them. Throws `TaskFailure` for one that is not there. */
export async function secretInput(
  { name: task, stdinFrom }: ExecTask,
  ctx: TaskContext,
): Promise<SecretInput | undefined> {
  if (stdinFrom === undefined || ctx.cluster.simulated) return undefined;
  const values = await Promise.all(
    stdinFrom.map(async (from) => {
      const [secret, key] = [from.secret, from.key].map((text) =>
        renderText(text, `the input of task ${task}`, ctx.inputs, ctx.path),
      );
      return await readValue(secret ?? "", key ?? "", ctx);
    }),
  );
  const plain = values
    .map((value) => Buffer.from(value, "base64").toString("utf8").trim())
    .filter((value) => value.length >= SHORTEST);
  return {
    stdin: values.map((value) => `${value}\n`).join(""),
    masked: (text) =>
      [...plain, ...values.filter((value) => value.length >= SHORTEST)].reduce(
        (rest, value) => rest.replaceAll(value, "***"),
        text,
      ),
  };
}

/** In base64, as the server keeps it. */
async function readValue(name: string, key: string, ctx: TaskContext): Promise<string> {
  const { namespace } = ctx.inputs.instance;
  const ref = { apiVersion: "v1", kind: "Secret", name, namespace };
  const secret = await ctx.cluster.get(ref, callOptions(ctx));
  if (secret === undefined)
    throw new TaskFailure(`there is no Secret ${name}`, { result: "failed", ref });
  const value = isMap(secret.data) ? secret.data[key] : undefined;
  if (typeof value !== "string")
    throw new TaskFailure(`Secret ${name} has no key ${key}`, { result: "failed", ref });
  return value;
}
