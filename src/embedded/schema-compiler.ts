import { Ajv } from "ajv";
import addFormats from "ajv-formats";

/**
 * A compiler for the schemas of custom kinds: lenient about keywords it does not know, as the API server is. Import this file lazily only: ajv takes 90 ms
 * to load, and its named exports survive bundling only behind static imports such as these.
 */
export function schemaCompiler(): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  addFormats.default(ajv);
  return ajv;
}
