const JUNK = new Set(["Thumbs.db", "desktop.ini", "__MACOSX", "node_modules"]);

/**
 * Whether a file below a package's root is no part of the package, be it a folder or an archive: one whose name, or that of a folder above it, begins
 * with a dot (`.git`, `.DS_Store`, macOS's `._x`), backups of editors (`x~`), and what operating systems leave behind.
 */
export function isIgnored(path: string): boolean {
  return path
    .split("/")
    .some((name) => name.startsWith(".") || name.endsWith("~") || JUNK.has(name));
}
