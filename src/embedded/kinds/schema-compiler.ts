import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

/** What was compiled last, by the schema's text: tests bring the same definitions into many clusters. */
const compiled = new Map<string, ValidateFunction>();
const MOST_KEPT = 20;

/**
 * Compiles the schema of a custom kind: lenient about keywords that ajv does not know, as the API server is. Import this file lazily only: ajv takes 90 ms
 * to load, and its named exports survive bundling only behind static imports such as these.
 */
export function compileSchema(schema: Record<string, unknown>): ValidateFunction {
  const text = JSON.stringify(schema);
  const known = compiled.get(text);
  if (known) return known;
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  const [oldest] = compiled.keys();
  if (compiled.size >= MOST_KEPT && oldest !== undefined) compiled.delete(oldest);
  compiled.set(text, validate);
  return validate;
}
