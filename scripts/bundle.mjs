// Bundles the command line into dist/bin/, or the folder given as argument: shared chunks, each command loaded when it is asked for.
// Also writes the licences of what is bundled, and lets `npx kplan` find the project's own program.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outdir = process.argv[2] ?? join(root, "dist/bin");
rmSync(outdir, { recursive: true, force: true });

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { kplan: "src/cli/bin.ts", "embedded-server": "src/embedded/main.ts" },
  outdir,
  bundle: true,
  splitting: true,
  // Names are kept as they are, not replaced and put back when a module loads: stacks stay readable, and it starts sooner.
  minifyWhitespace: true,
  minifySyntax: true,
  format: "esm",
  platform: "node",
  target: "node20",
  chunkNames: "chunks/[name]-[hash]",
  // The one package whose CommonJS build loses its named exports when it is imported late.
  alias: { "@peculiar/x509": "@peculiar/x509/build/x509.es.js" },
  // CommonJS dependencies call require() for Node's own modules.
  banner: {
    js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
  plugins: [compiledSchemas(), withoutChildren()],
  metafile: true,
  logLevel: "warning",
});

checkLateImports(metafile.inputs);

const program = join(outdir, "kplan.js");
writeFileSync(program, `#!/usr/bin/env node\n${readFileSync(program, "utf8")}`);
chmodSync(program, 0o755);
writeFileSync(join(outdir, "THIRD-PARTY-NOTICES.txt"), notices(Object.keys(metafile.inputs)));
if (process.argv[2] === undefined) for (const name of ["kplan", "kubectl-kplan"]) link(name);

/** Puts validators compiled ahead in the place of `src/package/schema-errors.ts`, which compiles them when it runs (90 ms). */
function compiledSchemas() {
  const names = ["operator", "params", "test"];
  const schemas = Object.fromEntries(
    names.map((name) => [
      name,
      JSON.parse(readFileSync(join(root, `schemas/${name}.schema.json`), "utf8")),
    ]),
  );
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    discriminator: true,
    strict: true,
    schemas: Object.values(schemas),
    code: { source: true, esm: true },
  });
  const ids = Object.fromEntries(names.map((name) => [name, schemas[name].$id]));
  const validators = standaloneCode.default(ajv, ids);
  return {
    name: "compiled-schemas",
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^compiled-schemas$/ }, () => ({
        path: join(root, "schemas/validators.js"),
        namespace: "compiled-schemas",
      }));
      onLoad({ filter: /.*/, namespace: "compiled-schemas" }, () => ({
        contents: validators,
        resolveDir: root,
      }));
      onLoad({ filter: /src\/package\/schema-errors\.ts$/ }, () => ({
        contents: `import { ${names.join(", ")} } from "compiled-schemas";
const validators = { ${names.join(", ")} };
export function schemaErrors(name, value) {
  return validators[name](value) ? [] : (validators[name].errors ?? []);
}
export function readSchema(name) {
  return ${JSON.stringify(schemas)}[name];
}
`,
        resolveDir: root,
      }));
    },
  };
}

/** commander loads `node:child_process` (3 ms) for programs that a command line may consist of; kplan's has none. */
function withoutChildren() {
  return {
    name: "without-children",
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
        /node_modules\/commander\//.test(importer)
          ? { path: "no-children", namespace: "no-children" }
          : undefined,
      );
      onLoad({ filter: /.*/, namespace: "no-children" }, () => ({
        contents: "module.exports = {};",
      }));
    },
  };
}

/** Fails the build over `await import("package")` of a CommonJS one: with splitting it gives the default export alone, in the bundle only. */
function checkLateImports(inputs) {
  const forEffect = new Set(["reflect-metadata"]);
  const wrong = Object.entries(inputs).flatMap(([file, { imports }]) =>
    imports
      .filter(({ kind, path, original }) => {
        if (kind !== "dynamic-import" || !file.startsWith("src/")) return false;
        return inputs[path]?.format === "cjs" && !forEffect.has(original);
      })
      .map(({ original }) => `${file}: import("${original}")`),
  );
  if (wrong.length > 0)
    throw new Error(
      `late imports of CommonJS packages have no named exports in the bundle; import them at the top of a file that is itself imported late:\n${wrong.join("\n")}`,
    );
}

/** One entry for each bundled package: name, version, licence, and its licence text. */
function notices(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) folders.add(found[1]);
  }
  const entries = [...folders].sort().map((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    const file = readdirSync(join(root, folder)).find((name) =>
      /^(licen[cs]e|copying)/i.test(name),
    );
    const text = file ? readFileSync(join(root, folder, file), "utf8").trim() : "";
    return `${manifest.name} ${manifest.version} (${manifest.license ?? "see its package"})\n\n${text}\n`;
  });
  return entries.join(`\n${"-".repeat(78)}\n\n`);
}

/** node_modules/.bin/NAME, so that `npx NAME` in this folder runs this build. */
function link(name) {
  const bin = join(root, "node_modules/.bin");
  if (!existsSync(join(root, "node_modules"))) return;
  mkdirSync(bin, { recursive: true });
  rmSync(join(bin, name), { force: true });
  symlinkSync(relative(bin, program), join(bin, name));
}
