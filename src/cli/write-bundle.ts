import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Command } from "commander";
import type { DiagnosticContent } from "../actions/diagnostics/collect-diagnostics.ts";
import { KplanError } from "../model/kplan-error.ts";
import { durationArgument } from "./global-options.ts";

/** Adds the options of `diagnostics collect`, KUDO's. */
export function addBundleOptions(command: Command): Command {
  return command
    .option("-O, --output-directory <folder>", "folder to make, which must not be there", "diag")
    .option("--log-since <duration>", "only logs of the last 5s, 2m or 3h", durationArgument);
}

/** Makes the folder of a bundle, and gives what writes its files. Throws a `bad-input` KplanError when it is there already or cannot be made. */
export async function openBundle(
  folder: string,
): Promise<(path: string, content: DiagnosticContent) => Promise<void>> {
  try {
    await mkdir(dirname(folder), { recursive: true });
    await mkdir(folder);
  } catch (cause) {
    const isThere = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KplanError(
      "bad-folder",
      isThere ? `target directory "${folder}" already exists` : `${folder}: ${why}`,
      { kind: "bad-input", hint: "--output-directory names another one", cause },
    );
  }
  const { goYaml } = await import("./kudo/views/print-output.ts");
  return async (path, content) => {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    switch (content.kind) {
      case "value":
        return await writeFile(file, goYaml(content.value));
      case "log":
        return await writeFile(file, await promisify(gzip)(content.text));
      case "error":
        return await writeFile(file, content.text);
    }
  };
}
