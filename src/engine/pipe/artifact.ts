import { posix } from "node:path";
import type { KubeObject } from "../../model/kube-object.ts";
import { type PipePlace, pipeArtifactName } from "../../model/pipe-names.ts";
import type { PipeFile } from "../../model/task.ts";
import { readEnvFile } from "./read-env-file.ts";

/** The Secret or ConfigMap that a Pipe task makes of a file, as it is before it is enhanced; without what it holds. */
export function artifactOf(
  instance: string,
  place: PipePlace,
  { kind, key }: PipeFile,
): KubeObject {
  return {
    apiVersion: "v1",
    kind,
    metadata: { name: pipeArtifactName(instance, place, key) },
    ...(kind === "Secret" && { type: "Opaque" }),
  };
}

/** An artifact with what its file holds (compat section 5.1), or which line of it is wrong. */
export function filledArtifact(
  artifact: KubeObject,
  { file, envFile, kind }: PipeFile,
  bytes: Uint8Array,
): KubeObject | { readonly wrong: string } {
  if (file) {
    const content = { [posix.basename(file)]: base64(bytes) };
    return kind === "Secret"
      ? { ...artifact, data: content }
      : { ...artifact, binaryData: content };
  }
  const env = readEnvFile(bytes);
  if ("wrong" in env) return { wrong: `${envFile ?? ""}: ${env.wrong}` };
  const data = [...env.values].map(([name, value]) => [
    name,
    kind === "Secret" ? base64(Buffer.from(value)) : value,
  ]);
  return { ...artifact, data: Object.fromEntries(data) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
