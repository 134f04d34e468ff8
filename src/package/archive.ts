/** Packs files into a reproducible `.tgz`. */
export function packArchive(_files: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  throw new Error("not written yet");
}

/** Unpacks a `.tgz` in memory. */
export function unpackArchive(_bytes: Uint8Array, _name: string): Promise<Map<string, Uint8Array>> {
  throw new Error("not written yet");
}
