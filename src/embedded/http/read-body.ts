import { ApiError, badRequest, unsupportedMediaType } from "./api-error.ts";
import type { Incoming } from "./request.ts";

/** Bytes that a request may carry. */
const MAX_BODY = 3 << 20;

const JSON_TYPES = new Set([
  "",
  "*/*",
  "application/json",
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
]);
const YAML_TYPES = new Set(["application/yaml", "application/apply-patch+yaml"]);

/** The body of a request as a value; undefined when there is none. Throws ApiError 400, 413, 415. */
export async function readBody(
  incoming: Incoming,
): Promise<{ contentType: string; body: unknown }> {
  const contentType =
    (incoming.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const text = await readText(incoming);
  if (text === "") return { contentType, body: undefined };
  if (JSON_TYPES.has(contentType)) return { contentType, body: parseJson(text) };
  if (!YAML_TYPES.has(contentType))
    throw unsupportedMediaType(
      incoming.method === "PATCH"
        ? [
            "application/json-patch+json",
            "application/merge-patch+json",
            "application/apply-patch+yaml",
          ]
        : ["application/json", "application/yaml"],
    );
  if (text.trimStart().startsWith("{")) return { contentType, body: parseJson(text) };
  return { contentType, body: await parseYaml(text) };
}

async function readText(incoming: Incoming): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > MAX_BODY)
      throw new ApiError(
        413,
        "RequestEntityTooLarge",
        `Request entity too large: limit is ${MAX_BODY}`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${(error as Error).message}`);
  }
}

/** The scalars of Kubernetes' YAML are read where manifests are read; here JSON's suffice. */
async function parseYaml(text: string): Promise<unknown> {
  const { load, CORE_SCHEMA } = await import("js-yaml");
  try {
    return load(text, { schema: CORE_SCHEMA });
  } catch (error) {
    throw badRequest(`error decoding YAML: ${(error as Error).message.split("\n", 1)[0]}`);
  }
}
