import type { LoadedPackage } from "./load-package.ts";

/** Reads a package from a folder or a `.tgz`. */
export function readPackage(_source: string): Promise<LoadedPackage> {
  throw new Error("not written yet");
}
