import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

/** A schema of the folder `schemas/`. */
export type SchemaName = "operator" | "params" | "test";

/** What ajv says of one problem (its `ErrorObject` with `verbose`), as far as it is read here. */
export interface SchemaError {
  readonly keyword: string;
  /** JSON pointer to the value. */
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Set when a key of the value is meant, not the value. */
  readonly propertyName?: string;
  /** The value that was looked at. */
  readonly data?: unknown;
  /** The schema that the keyword stands in. */
  readonly parentSchema?: Readonly<Record<string, unknown>>;
}

/**
 * Every problem that a schema finds in a value. The only place that knows how validators are made: here by compiling the schemas when they are first
 * used; a build may put validators compiled ahead in its place.
 */
export function schemaErrors(name: SchemaName, value: unknown): readonly SchemaError[] {
  const validate = validatorOf(name);
  return validate(value) ? [] : ((validate.errors ?? []) as readonly SchemaError[]);
}

/** A schema as data. The path holds in the source tree and in `dist/`, which lie equally deep. */
export function readSchema(name: SchemaName): Record<string, unknown> {
  const file = new URL(`../../schemas/${name}.schema.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8"));
}

const validators = new Map<SchemaName, ValidateFunction>();
let ajv: Ajv2020 | undefined;

function validatorOf(name: SchemaName): ValidateFunction {
  ajv ??= new Ajv2020({ allErrors: true, verbose: true, discriminator: true, strict: true });
  const known = validators.get(name);
  if (known) return known;
  const compiled = ajv.compile(readSchema(name));
  validators.set(name, compiled);
  return compiled;
}
