/** Bytes of all files of a package, unpacked. */
export const MAX_PACKAGE_BYTES: number = 16 * 1024 * 1024;

/** Bytes of one file of a package. */
export const MAX_FILE_BYTES: number = 4 * 1024 * 1024;

/** Files of a package. */
export const MAX_FILES = 2000;

/** Bytes of a packed package: what the Secrets that keep it may hold together (design section 3). */
export const MAX_ARCHIVE_BYTES: number = 4 * 1024 * 1024;

/** `4 MiB`. */
export function mebibytes(bytes: number): string {
  return `${Math.round((bytes / 1024 / 1024) * 10) / 10} MiB`;
}
