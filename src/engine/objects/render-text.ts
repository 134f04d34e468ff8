import { KplanError } from "../../model/kplan-error.ts";
import type { RunPath } from "../../model/run.ts";
import type { RecordScope } from "../../model/scope.ts";
import { renderTemplate } from "../../render/render-template.ts";
import { type MaterializeInputs, scopeOf } from "./materialize.ts";

/**
 * A text of `operator.yaml` that is a template: a name, a selector, a word of a command. `what` says to people which text it is.
 * Throws a `bad-input` KplanError when it does not render.
 */
export function renderText(
  text: string,
  what: string,
  inputs: MaterializeInputs,
  path: RunPath,
  record?: RecordScope,
): string {
  if (!text.includes("{{")) return text;
  const { phase = "", step = "", task = "" } = path;
  const known = scopeOf(inputs, { ...path, phase, step, task });
  const scope = record === undefined ? known : { ...known, Record: record };
  const { constants, pkg } = inputs;
  try {
    return renderTemplate({ key: what, text, scope, constants, declared: pkg.parameters });
  } catch (error) {
    if (!(error instanceof KplanError)) throw error;
    const why = error.issues.map(({ message }) => message).join("; ") || error.message;
    throw new KplanError("bad-input", `${what} does not render: ${why}`, {
      kind: "bad-input",
      cause: error,
    });
  }
}
