/** Flags that are on or off, and so may be written `--wait=true` as well as `--wait`. */
const BOOLEANS: ReadonlySet<string> = new Set([
  "all-versions",
  "client-only",
  "create-namespace",
  "crd-only",
  "descriptions",
  "dry-run",
  "in-cluster",
  "interactive",
  "names",
  "overwrite",
  "required",
  "skip-check",
  "skip-instance",
  "unsafe-self-signed-webhook-ca",
  "upgrade",
  "validate-install",
  "verify",
  "wait",
  "with-tasks",
]);
/** What Go's strconv.ParseBool takes. */
const TRUE: ReadonlySet<string> = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE: ReadonlySet<string> = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/**
 * A command line as Go's flag package (pflag) takes it, in the form that commander understands: `--wait=true` is `--wait`, `--wait=false` is left out
 * (`--no-validate-install` where a flag is on by default), `-n=x` is `-n x`. All else stays as it is.
 */
export function goFlags(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf("--");
  const flags = end < 0 ? argv : argv.slice(0, end);
  return [...flags.flatMap(plainFlag), ...(end < 0 ? [] : argv.slice(end))];
}

function plainFlag(word: string): readonly string[] {
  const short = /^-([a-zA-Z])=(.*)$/s.exec(word);
  if (short) return [`-${short[1]}`, short[2] ?? ""];
  const [, name = "", value = ""] = /^--([a-z-]+)=(.*)$/s.exec(word) ?? [];
  if (!BOOLEANS.has(name)) return [word];
  if (TRUE.has(value)) return [`--${name}`];
  if (FALSE.has(value)) return name === "validate-install" ? ["--no-validate-install"] : [];
  return [word];
}
