/**
 * A command line as it can be typed again, quoted for a shell. The values of `-p` are left out with their options: those of a run that has begun are
 * stored, and any of them could be a secret.
 */
export function typedAgain(program: string, argv: readonly string[]): string {
  return [program, ...withoutValues(argv).map(quoted)].join(" ");
}

/**
 * A command line that goes on with the run which `plan trigger PLAN` with values of its own, or `plan retry --from STEP`, has begun: typed again, those would begin another
 * one. Undefined for all others.
 * @param verb what goes on with a run that stopped like this
 */
export function goesOn(
  program: string,
  argv: readonly string[],
  verb: "resume" | "retry",
): string | undefined {
  const at = argv.findIndex((word) => word === "trigger" || word === "retry");
  const anew =
    argv[at] === "trigger"
      ? valuesIn(argv).length > 0 || argv.some(isFile)
      : argv[at] === "retry" && argv.some(isFrom);
  if (!argv.slice(0, at).includes("plan") || !anew) return undefined;
  const plan = argv.findIndex((word, n) => n > at && isPositional(word, argv[n - 1]));
  const left = argv
    .map((word, n) => (n === at ? verb : word))
    .filter((word, n) => {
      const before = argv[n - 1] ?? "";
      if (n === plan && argv[at] === "trigger") return false;
      return (
        ![word, before].some((one) => BARE.has(one)) &&
        !isFile(word) &&
        !isFrom(word) &&
        word !== "--queue"
      );
    });
  return typedAgain(program, left);
}

/** Options whose value is the next word and goes with them. */
const BARE: ReadonlySet<string> = new Set(["-P", "--parameter-file", "--from"]);
/** Options without a value. */
const FLAGS =
  /^(-v+|--(verbose|embedded|queue|take-over|dry-run|force-conflicts|meter)|-[^-].+|--[^=]+=.*)$/s;

function isFile(word: string): boolean {
  return /^(-P|--parameter-file(=|$))/.test(word);
}

function isFrom(word: string): boolean {
  return /^--from(=|$)/.test(word);
}

/** Neither an option nor the value of one. */
function isPositional(word: string, before = ""): boolean {
  return !word.startsWith("-") && (!before.startsWith("-") || FLAGS.test(before));
}

/** The names of the parameters that a command line gives, for others to read: `COUNT=…`. */
export function givenNames(argv: readonly string[]): readonly string[] {
  return valuesIn(argv).map((value) => `-p ${value.slice(0, Math.max(0, value.indexOf("=")))}=…`);
}

const VALUE = /^(?:-p|--parameter=)(.+)$/s;

function withoutValues(argv: readonly string[]): readonly string[] {
  return argv.filter((word, at) => !isValue(argv, at) && !isValueOption(word));
}

function valuesIn(argv: readonly string[]): readonly string[] {
  return argv.flatMap((word, at) =>
    isValue(argv, at) ? [word] : (VALUE.exec(word)?.slice(1, 2) ?? []),
  );
}

function isValueOption(word: string): boolean {
  return word === "-p" || word === "--parameter" || VALUE.test(word);
}

/** The word after `-p`. */
function isValue(argv: readonly string[], at: number): boolean {
  const before = argv[at - 1];
  return before === "-p" || before === "--parameter";
}

/** A word as a shell takes it for one. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
