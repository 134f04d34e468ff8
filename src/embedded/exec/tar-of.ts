const BLOCK = 512;

/** A tar archive (POSIX ustar) of one file, as `tar cf - FILE` prints it. */
export function tarOf(path: string, bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(BLOCK);
  const field = (text: string, at: number): number => header.write(text, at, "latin1");
  field(path.replace(/^\/+/, "").slice(-100), 0);
  field("0000644\0", 100);
  field("0000000\0", 108);
  field("0000000\0", 116);
  field(`${bytes.length.toString(8).padStart(11, "0")}\0`, 124);
  field(`${"0".repeat(11)}\0`, 136);
  // The checksum is counted with spaces in its own place.
  field(" ".repeat(8), 148);
  field("0", 156);
  field("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  field(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const padding = Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK);
  return Buffer.concat([header, bytes, padding, Buffer.alloc(2 * BLOCK)]);
}
