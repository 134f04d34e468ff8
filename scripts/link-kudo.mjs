// Links the built program as `kubectl-kudo`, so that `kubectl kudo …` is carried out by kplan.
//   npm run link:kudo              into npm's folder of global programs
//   npm run link:kudo -- FOLDER    into a folder that is on PATH
//   npm run link:kudo -- --remove [FOLDER]
import { existsSync, lstatSync, mkdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const program = join(root, "dist/bin/kplan.js");
const removes = process.argv.includes("--remove");
const [given] = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const folder = resolve(given ?? globalFolder());
const link = join(folder, "kubectl-kudo");

const there = lstatSync(link, { throwIfNoEntry: false });
const isOurs = there?.isSymbolicLink() && (!existsSync(link) || realpathSync(link) === program);
if (there && !isOurs) fail(`${link} is there and is not kplan's: move it away first`);
rmSync(link, { force: true });
if (removes) {
  say(there ? `${link} is removed` : `${link} was not there`);
} else {
  if (!existsSync(program)) fail(`${program} is not built: npm run build`);
  mkdirSync(folder, { recursive: true });
  symlinkSync(program, link);
  say(`${link} -> ${program}`);
  const isOnPath = (process.env.PATH ?? "")
    .split(delimiter)
    .some((path) => resolve(path) === folder);
  if (!isOnPath) say(`${folder} is not on PATH: kubectl finds its plugins there`);
}

/** Where npm links programs of packages that are installed globally. */
function globalFolder() {
  const prefix = process.env.npm_config_global_prefix ?? dirname(dirname(process.execPath));
  return process.platform === "win32" ? prefix : join(prefix, "bin");
}

function say(message) {
  process.stdout.write(`${message}\n`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
