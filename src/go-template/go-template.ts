import type { GoFunction } from "../functions/go/go-function.ts";
import { BUILTIN_FUNCTIONS, KUDO_FUNCTIONS } from "../functions/go/go-functions.ts";
import type { GoValue } from "../functions/go/value.ts";
import type { FunctionContext } from "../functions/template-function.ts";
import { type Limits, USUAL_LIMITS } from "./budget.ts";
import { execute } from "./execute.ts";
import type { NodeList } from "./node.ts";
import { parseInto } from "./parser.ts";
import { GoTemplateError, placeOf } from "./template-error.ts";

/** A Go template that was read, with all that it defines. */
export interface GoTemplate {
  readonly name: string;
  readonly text: string;
  readonly templates: ReadonlyMap<string, NodeList>;
  readonly functions: ReadonlyMap<string, GoFunction>;
}

/** How a template is read. */
export interface GoParseOptions {
  /** `kudo` (the default): Go's own functions, Sprig 2.22's and `toYaml` · `go`: Go's own only. */
  readonly functions?: "kudo" | "go";
}

/** How a template is rendered. */
export interface GoRenderOptions {
  /** What functions may know besides their arguments. */
  readonly context: FunctionContext;
  /** `error` (the default, and KUDO's): a member that is not there is an error · `default`: it is `<no value>`. */
  readonly missingKey?: "error" | "default";
  readonly limits?: Partial<Limits>;
}

/**
 * Reads a template (Go 1.23's text/template).
 * @param name what messages and `define` call it
 * Throws `GoTemplateError`.
 */
export function parseGoTemplate(
  name: string,
  text: string,
  options: GoParseOptions = {},
): GoTemplate {
  const functions = options.functions === "go" ? BUILTIN_FUNCTIONS : KUDO_FUNCTIONS;
  const templates = new Map<string, NodeList>();
  try {
    parseInto({ name, text, templates, hasFunction: (word) => functions.has(word) });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const reason = "the template is nested too deep";
    throw new GoTemplateError("limit", `template: ${name}: ${reason}`, reason, placeOf(text, 0));
  }
  return { name, text, templates, functions };
}

/**
 * The text of a template with this data, which `goData` prepares. It sees nothing else: no file, no environment, no network.
 * Throws `GoTemplateError`.
 */
export function renderGoTemplate(
  template: GoTemplate,
  data: GoValue,
  options: GoRenderOptions,
): string {
  return execute(
    {
      ...template,
      missingKey: options.missingKey ?? "error",
      context: options.context,
      limits: { ...USUAL_LIMITS, ...options.limits },
    },
    data,
  );
}
