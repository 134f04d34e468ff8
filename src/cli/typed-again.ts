/**
 * A command line as it can be typed again, quoted for a shell. The values of `-p` are left out with their options: those of a run that has begun are
 * stored, and any of them could be a secret.
 */
export function typedAgain(program: string, argv: readonly string[]): string {
  return [program, ...withoutValues(argv).map(quoted)].join(" ");
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

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
