import { errorIssue, hasErrors, type Issue, type Place } from "../model/issue.ts";
import type { Json } from "../model/json.ts";
import type { PodRule } from "../model/simulation.ts";
import { schemaIssues } from "../package/native/schema-issues.ts";
import { type ParsedYaml, parseYaml } from "../yaml/parse-yaml.ts";

/** A test case of a package, as read. */
export interface TestCase {
  readonly name: string;
  readonly at: Place;
  /** Decides all that is random; undefined where the case does not care. */
  readonly seed: string | undefined;
  /** Such as 1.20. */
  readonly kubeVersion: string | undefined;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly pods: readonly PodRule[];
  readonly commands: readonly TestCommand[];
}

/** A command line and what must come of it. */
export interface TestCommand {
  /** As typed, without the program's name. */
  readonly words: readonly string[];
  readonly at: Place;
  readonly meanwhile: readonly Happening[];
  readonly expect: Expectations;
}

/** Something that happens while a command goes on. */
export interface Happening {
  readonly at: Place;
  /** Milliseconds. */
  readonly after: number;
  /** Step, or `plan.phase.step`; undefined: counted from the command's begin. */
  readonly when: string | undefined;
  readonly acts: readonly Act[];
}

/** What happens. Clocks are moved by milliseconds. */
export type Act =
  | { readonly kind: "delete"; readonly ref: Reference }
  | { readonly kind: "edit" | "create"; readonly object: PartialObject }
  | { readonly kind: "exec"; readonly pods: string; readonly words: readonly string[] }
  | { readonly kind: "node-lost"; readonly node: string }
  | { readonly kind: "server-clock" | "driver-clock"; readonly by: number }
  | { readonly kind: "kill" | "interrupt" }
  | { readonly kind: "run"; readonly words: readonly string[]; readonly exit: ExitWord };

/** Names an object. */
export interface Reference {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
}

/** Part of an object. */
export type PartialObject = Readonly<Record<string, unknown>> & {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
};

/** How a command ends. */
export type ExitWord =
  | "complete"
  | "failed"
  | "refused"
  | "timed-out"
  | "busy"
  | "changes"
  | "interrupted"
  | "killed";

/** A value that is expected, and where that is said. */
export interface Expected<T> {
  readonly value: T;
  readonly at: Place;
}

/** What must be so when a command has ended. */
export interface Expectations {
  readonly exit: Expected<ExitWord>;
  readonly says: readonly Expected<string>[];
  readonly objects: readonly Expected<PartialObject>[];
  readonly absent: readonly Expected<Reference>[];
  readonly count: readonly Expected<CountOf>[];
  readonly plans: readonly (Expected<string> & { readonly plan: string })[];
  readonly events: readonly Expected<Readonly<Record<string, unknown>>>[];
}

/** How many objects there must be. */
export interface CountOf {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly is: number;
}

type Path = readonly (string | number)[];
type Places = Pick<ParsedYaml, "placeOf">;

/** Reads a file of test cases. Finds every problem at once, at its place; gives no cases then. */
export function readTestCases(
  text: string,
  file: string,
): { readonly cases: readonly TestCase[]; readonly issues: readonly Issue[] } {
  const yaml = parseYaml(text, file);
  const issues = [...yaml.issues];
  if (issues.length === 0) issues.push(...schemaIssues("test", yaml));
  if (issues.length > 0) return { cases: [], issues };
  const cases = testCases(yaml.value as TestFile, yaml, issues);
  return { cases: hasErrors(issues) ? [] : cases, issues };
}

/** The cases of a file whose form is right; adds what is wrong with them beyond that. */
export function testCases(
  { cases }: TestFile,
  yaml: Pick<ParsedYaml, "placeOf">,
  issues: Issue[],
): TestCase[] {
  const report: Report = (path, message) => {
    issues.push(errorIssue("test-case", message, yaml.placeOf(path)));
  };
  const names = new Set<string>();
  return cases.map((raw, index) => {
    const path = ["cases", index];
    if (names.has(raw.name)) report([...path, "name"], `two cases are named "${raw.name}"`);
    names.add(raw.name);
    return readCase(raw, path, yaml, report);
  });
}

/** A file of cases, as its schema lets it be. */
export interface TestFile {
  readonly cases: RawCase[];
}

/** A case as it is written. */
export interface RawCase {
  name: string;
  seed?: string;
  kubeVersion?: string;
  parameters?: Record<string, Json>;
  pods?: RawPod[];
  commands: RawCommand[];
}

interface RawPod {
  pods?: string;
  schedule?: string;
  start?: string;
  image?: "missing";
  ready?: string;
  crashes?: { after: string; times?: number };
  initCrashes?: number;
  end?: string;
}

interface RawCommand {
  run: string;
  meanwhile?: Record<string, unknown>[];
  expect?: RawExpect;
}

interface RawExpect {
  exit?: ExitWord;
  says?: string[];
  objects?: PartialObject[];
  absent?: Reference[];
  count?: CountOf[];
  plans?: Record<string, string>;
  events?: Record<string, unknown>[];
}

type Report = (path: Path, message: string) => void;

function readCase(raw: RawCase, path: Path, yaml: Places, report: Report): TestCase {
  return {
    name: raw.name,
    at: yaml.placeOf([...path, "name"]),
    seed: raw.seed,
    kubeVersion: raw.kubeVersion,
    parameters: raw.parameters ?? {},
    pods: (raw.pods ?? []).map(podRule),
    commands: raw.commands.map((command, index) =>
      readCommand(command, [...path, "commands", index], yaml, report),
    ),
  };
}

function podRule(raw: RawPod): PodRule {
  const time = <Word extends "never">(text: string | undefined): number | Word | undefined =>
    text === "never" ? ("never" as Word) : text === undefined ? undefined : milliseconds(text);
  const { crashes } = raw;
  const parts = {
    pods: raw.pods,
    schedule: time(raw.schedule),
    start: raw.start === undefined ? undefined : milliseconds(raw.start),
    imageMissing: raw.image === "missing" ? true : undefined,
    ready: time(raw.ready),
    crashes: crashes && { after: milliseconds(crashes.after), times: crashes.times ?? 1 },
    initCrashes: raw.initCrashes,
    end: time(raw.end),
  };
  return Object.fromEntries(
    Object.entries(parts).filter(([, value]) => value !== undefined),
  ) as PodRule;
}

function readCommand(raw: RawCommand, path: Path, yaml: Places, report: Report): TestCommand {
  const { expect = {} } = raw;
  return {
    words: wordsOf(raw.run, [...path, "run"], report),
    at: yaml.placeOf([...path, "run"]),
    meanwhile: (raw.meanwhile ?? []).map((happening, index) =>
      readHappening(happening, [...path, "meanwhile", index], yaml, report),
    ),
    expect: readExpect(expect, [...path, "expect"], yaml),
  };
}

function readExpect(raw: RawExpect, path: Path, yaml: Places): Expectations {
  const each = <T>(key: keyof RawExpect, list: readonly T[] | undefined): Expected<T>[] =>
    (list ?? []).map((value, index) => ({ value, at: yaml.placeOf([...path, key, index]) }));
  const exitPath = raw.exit === undefined ? path.slice(0, -1) : [...path, "exit"];
  return {
    exit: {
      value: raw.exit ?? "complete",
      at: yaml.placeOf(raw.exit === undefined ? [...exitPath, "run"] : exitPath),
    },
    says: each("says", raw.says),
    objects: each("objects", raw.objects),
    absent: each("absent", raw.absent),
    count: each("count", raw.count),
    plans: Object.entries(raw.plans ?? {}).map(([plan, value]) => ({
      plan,
      value,
      at: yaml.placeOf([...path, "plans", plan]),
    })),
    events: each("events", raw.events),
  };
}

function readHappening(
  raw: Record<string, unknown>,
  path: Path,
  yaml: Places,
  report: Report,
): Happening {
  const acts: Act[] = [];
  const object = (key: "edit" | "create"): void => {
    if (raw[key] === undefined) return;
    const value = raw[key] as PartialObject;
    acts.push({ kind: key, object: value });
  };
  if (raw.delete !== undefined) acts.push({ kind: "delete", ref: raw.delete as Reference });
  object("edit");
  object("create");
  if (raw.exec !== undefined) {
    const { pods, command } = raw.exec as { pods: string; command: string };
    const words = wordsOf(command, [...path, "exec", "command"], report);
    acts.push({ kind: "exec", pods, words });
  }
  if (raw.nodeLost !== undefined) acts.push({ kind: "node-lost", node: String(raw.nodeLost) });
  if (raw.serverClock !== undefined)
    acts.push({ kind: "server-clock", by: milliseconds(String(raw.serverClock)) });
  if (raw.driverClock !== undefined)
    acts.push({ kind: "driver-clock", by: milliseconds(String(raw.driverClock)) });
  if (raw.kill === true) acts.push({ kind: "kill" });
  if (raw.interrupt === true) acts.push({ kind: "interrupt" });
  if (raw.run !== undefined)
    acts.push({
      kind: "run",
      words: wordsOf(String(raw.run), [...path, "run"], report),
      exit: (raw.exit ?? "complete") as ExitWord,
    });
  else if (raw.exit !== undefined) report([...path, "exit"], "exit: says how `run` ends");
  if (acts.length === 0) report(path, "nothing happens: name what does (delete, edit, kill, …)");
  return {
    at: yaml.placeOf(path),
    after: raw.after === undefined ? 0 : milliseconds(String(raw.after)),
    when: raw.when === undefined ? undefined : String(raw.when),
    acts,
  };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function milliseconds(text: string): number {
  const [, sign, number, unit = ""] = /^(-?)(\d+)(ms|s|m|h)$/.exec(text) ?? [];
  return (sign === "-" ? -1 : 1) * Number(number) * (UNITS[unit] ?? 1);
}

/** The words of a command line; quotes keep words together, as in a shell. */
function wordsOf(text: string, path: Path, report: Report): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (const letter of text) {
    if (quote !== "") {
      if (letter === quote) quote = "";
      else word += letter;
    } else if (letter === "'" || letter === '"') {
      quote = letter;
      word ??= "";
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + letter;
  }
  if (quote !== "") report(path, `the quote ${quote} is not closed`);
  if (word !== undefined) words.push(word);
  return words[0] === "kplan" ? words.slice(1) : words;
}
