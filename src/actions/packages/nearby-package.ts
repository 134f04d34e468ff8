import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { KplanError } from "../../model/kplan-error.ts";

/**
 * The package that is meant where none is named: the folder itself, when `operator.yaml` lies in it, else the only folder below it that has one (KUDO's own search ended at a
 * name that it could not find: D-23). Throws a `bad-input` KplanError when there is none, or more than one.
 */
export async function nearbyPackage(folder = "."): Promise<string> {
  if (await isPackage(folder)) return folder;
  const entries = await readdir(folder, { withFileTypes: true });
  const below = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
  const found: string[] = [];
  for (const { name } of below.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    if (await isPackage(join(folder, name))) found.push(`./${name}`);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new KplanError(
    "which-package",
    only === undefined ? "no package is named, and there is none here" : "no package is named",
    {
      kind: "bad-input",
      hint: only === undefined ? "name its folder" : `there are ${found.join(", ")}`,
    },
  );
}

async function isPackage(folder: string): Promise<boolean> {
  return await stat(join(folder, "operator.yaml")).then(
    (file) => file.isFile(),
    () => false,
  );
}
