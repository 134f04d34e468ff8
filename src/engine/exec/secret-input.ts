import { isMap } from "../../model/json.ts";
import type { ExecTask } from "../../model/task.ts";
import { renderText } from "../objects/render-text.ts";
import { callOptions, type TaskContext } from "../run-context.ts";
import { TaskFailure } from "../steps/task-stop.ts";

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
  const shapes = longestFirst(values.flatMap(shapesOf));
  return {
    stdin: values.map((value) => `${value}\n`).join(""),
    masked: (text) => shapes.reduce((rest, shape) => rest.replaceAll(shape, "***"), text),
  };
}

/** How a value in base64 may stand in what a command prints: as it was given, as it is, each of its lines, and these within a text of JSON. */
function shapesOf(value: string): readonly string[] {
  const plain = Buffer.from(value, "base64").toString("utf8").trim();
  const texts = [plain, ...plain.split("\n").map((line) => line.trim())];
  return [value, ...texts, ...texts.map((text) => JSON.stringify(text).slice(1, -1))];
}

/** One value may be the beginning of another. */
function longestFirst(shapes: readonly string[]): readonly string[] {
  return [...new Set(shapes)]
    .filter(({ length }) => length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
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
