import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { mutated, type Pick } from "../../go-template/mutated-template.ts";

/** Files of a package by path. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** What makes YAML and paths go wrong, besides what makes templates go wrong. */
const BITS = [
  "&a [*a]",
  "*a",
  "<<: *a",
  "!!binary",
  "!!set",
  "? ",
  ": ",
  "- ",
  "[",
  "]",
  "{",
  "}",
  "|\n",
  ">-\n",
  "---\n",
  "...\n",
  "\t",
  "#",
  "'",
  '"',
  "~",
  "null",
  "yes",
  "1e999",
  "0x7fffffffffffffff",
  "9223372036854775808",
  "-",
  ".inf",
  ".nan",
  "2020-01-01",
  "__proto__",
  "constructor",
  "toString",
  "kind: Pipe",
  "kind: KudoOperator",
  "kind: Toggle",
  "kind: Nothing",
  "spec: ~",
  "spec: []",
  "tasks: {}",
  "phases: [~]",
  "steps: [[]]",
  "plans: []",
  "default: {a: [1, {b: ~}]}",
  "type: map",
  "type: array",
  "enum: [~]",
  "enum: []",
  "immutable: [yes]",
  "trigger: {}",
  "name: ~",
  "name: ../../x",
  "package: ../../..",
  "package: /etc",
  "package: ./app",
  "package: file:///etc/passwd",
  "package: C:\\x",
  "package: ''",
  "resources: [../../etc/passwd]",
  "parameterFile: ~",
  "namespaceManifest: x",
  "apiVersion: kudo.dev/v1beta1",
  "\u0000",
  "\ufeff",
  "\u2028",
  "\ud800",
  "é",
  "{{",
  "}}",
  "{{ .Params }}",
];
const PATHS = [
  "templates/../../../etc/passwd",
  "/etc/passwd",
  "templates/a/templates/config.yaml",
  "templates/x.yaml.bak",
  "TEMPLATES/x.yaml",
  "templates",
  "templates/",
  "operator.yaml/x",
  "params.yaml ",
  "templates/__proto__.yaml",
  "./operator.yaml",
  "a\\b.yaml",
  "templates/\u0000.yaml",
  ".hidden/x.yaml",
  "templates-old/x.yaml",
  "templates/é.yaml",
  "app/operator.yaml",
  "tests/simulate.yaml",
];

/** The packages of `test/kudo/packages`. */
export function basePackages(): readonly Files[] {
  const root = join(import.meta.dirname, "../packages");
  return readdirSync(root).map((name) => new Map(filesBelow(join(root, name), "")));
}

function filesBelow(folder: string, below: string): [string, Uint8Array][] {
  return readdirSync(join(folder, below)).flatMap((name) => {
    const path = below === "" ? name : `${below}/${name}`;
    if (statSync(join(folder, path)).isDirectory()) return filesBelow(folder, path);
    return [[path, new Uint8Array(readFileSync(join(folder, path)))] as [string, Uint8Array]];
  });
}

/** A package with one to four mistakes: in the texts of its files, their bytes, their names, or which there are. */
export function mutatedPackage(pick: Pick, base: Files): Map<string, Uint8Array> {
  const files = new Map(base);
  for (let times = 1 + pick(4); times > 0; times--) {
    const path = [...files.keys()][pick(files.size)] ?? "operator.yaml";
    const bytes = files.get(path) ?? new Uint8Array();
    switch (pick(12)) {
      case 0:
        files.delete(path);
        break;
      case 1:
        files.delete(path);
        files.set(PATHS[pick(PATHS.length)] ?? "", bytes);
        break;
      case 2:
        files.set(PATHS[pick(PATHS.length)] ?? "", bytes);
        break;
      case 3:
        files.set(path, mutatedBytes(pick, bytes));
        break;
      case 4:
        files.set(path, encoded(mutated(pick, decoded(bytes))));
        break;
      default:
        files.set(path, encoded(mutatedYaml(pick, decoded(bytes))));
    }
  }
  return files;
}

function mutatedYaml(pick: Pick, text: string): string {
  const lines = text.split("\n");
  const at = pick(lines.length);
  const to = pick(lines.length);
  const bit = BITS[pick(BITS.length)] ?? "";
  const line = lines[at] ?? "";
  switch (pick(8)) {
    case 0:
      lines.splice(at, 1 + pick(3));
      break;
    case 1:
      lines.splice(at, 0, ...lines.slice(to, to + 1 + pick(6)));
      break;
    case 2:
      lines[at] = " ".repeat(pick(6)) + line.trimStart();
      break;
    case 3:
      lines[at] = line.replace(/:.*/, `: ${bit}`);
      break;
    case 4:
      lines[at] = `${/^ */.exec(line)?.[0] ?? ""}${bit}`;
      break;
    case 5: {
      const column = pick(line.length + 1);
      lines[at] = line.slice(0, column) + bit + line.slice(column + pick(3));
      break;
    }
    case 6:
      lines[at] = line.repeat(2 + pick(40));
      break;
    default:
      // Deep, and alias upon alias.
      lines[at] =
        [
          `${"[".repeat(1 + pick(300))}`,
          "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]",
        ][pick(2)] ?? "";
  }
  return lines.join("\n");
}

/** The bytes of an archive with some of them changed, cut or doubled, within the gzip or around it. */
export function mutatedArchive(pick: Pick, archive: Uint8Array): Uint8Array {
  if (pick(4) === 0) return mutatedBytes(pick, archive);
  return gzipSync(mutatedBytes(pick, gunzipSync(archive)), { level: 1 });
}

function mutatedBytes(pick: Pick, bytes: Uint8Array): Uint8Array {
  let out: Uint8Array = Uint8Array.from(bytes);
  for (let times = 1 + pick(4); times > 0; times--) {
    const at = pick(out.length + 1);
    switch (pick(5)) {
      case 0:
        out[at] = pick(256);
        break;
      case 1:
        out = out.slice(0, at);
        break;
      case 2: {
        // A header of a tar is a block of 512 bytes; what is written there says names, sizes, types and links.
        const header = at - (at % 512);
        const [offset, text] = FIELDS[pick(FIELDS.length)] ?? [0, ""];
        for (const [index, char] of [...text].entries())
          if (header + offset + index < out.length)
            out[header + offset + index] = char.charCodeAt(0);
        if (pick(2) === 0) sign(out, header);
        break;
      }
      case 3:
        out = joined(out.slice(0, at), out.slice(pick(out.length + 1)));
        break;
      default:
        out = joined(out.slice(0, at), out.slice(at - (at % 512), at), out.slice(at));
    }
  }
  return out;
}

const FIELDS: readonly (readonly [number, string])[] = [
  [0, "../../../etc/passwd\0"],
  [0, "/etc/passwd\0"],
  [0, "operator.yaml\0"],
  [0, "..\\..\\x\0"],
  [124, "77777777777\0"],
  [124, "00000000000\0"],
  [124, "-0000000001\0"],
  [156, "2"],
  [156, "1"],
  [156, "5"],
  [156, "x"],
  [156, "L"],
  [157, "/etc/passwd\0"],
  [345, "../../..\0"],
];

/** Makes the checksum of a header right again. */
function sign(bytes: Uint8Array, header: number): void {
  if (header + 512 > bytes.length) return;
  bytes.fill(32, header + 148, header + 156);
  const sum = bytes.subarray(header, header + 512).reduce((total, byte) => total + byte, 0);
  const text = `${sum.toString(8).padStart(6, "0")}\0 `;
  for (const [index, char] of [...text].entries()) bytes[header + 148 + index] = char.charCodeAt(0);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function decoded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}

function encoded(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "utf8"));
}
