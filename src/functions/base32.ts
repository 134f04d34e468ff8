const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648 base32 with padding. */
export function encodeBase32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  const letters = Array.from(bits.match(/.{1,5}/g) ?? [], (five) =>
    ALPHABET.charAt(Number.parseInt(five.padEnd(5, "0"), 2)),
  ).join("");
  return letters.padEnd(Math.ceil(letters.length / 8) * 8, "=");
}

/** The bytes of RFC 4648 base32 with padding, or the place of the first wrong character. */
export function decodeBase32(s: string): Buffer | { readonly wrongAt: number } {
  const wrong = s.search(/[^A-Z2-7=\r\n]/);
  const clean = s.replace(/[\r\n]/g, "");
  const letters = clean.replace(/=+$/, "");
  const tail = letters.length % 8;
  if (
    wrong >= 0 ||
    clean.length % 8 !== 0 ||
    letters.includes("=") ||
    ![0, 2, 4, 5, 7].includes(tail)
  )
    return { wrongAt: wrong < 0 ? Math.floor(letters.length / 8) * 8 : wrong };
  const bits = Array.from(letters, (letter) =>
    ALPHABET.indexOf(letter).toString(2).padStart(5, "0"),
  ).join("");
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((eight) => Number.parseInt(eight, 2)));
}
