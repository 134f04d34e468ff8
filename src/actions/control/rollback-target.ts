import { KplanError } from "../../model/kplan-error.ts";
import type { Dialect } from "../../model/package.ts";
import type { RunRecord } from "../../model/run.ts";
import { bearsParameters, isBaseline } from "../../store/run-store.ts";

/** What decides where a rollback goes. Plain data. */
export interface RollbackQuestion {
  readonly name: string;
  /** Digest of the package that the instance is to have now. */
  readonly digest: string;
  /** Language of that package; native when absent. The texts of a KUDO package hold no hashes of secrets, and may look like some. */
  readonly dialect?: Dialect;
  /** Runs of the instance, newest first. */
  readonly runs: readonly RunRecord[];
}

/**
 * The run that a rollback goes back to: the one that is named, complete or not; else the last complete one that wanted something else than what is wanted
 * now; a rollback that is unfinished goes on to where it was going. Throws a `bad-input` KplanError.
 */
export function rollbackTarget(question: RollbackQuestion, wanted: number | undefined): RunRecord {
  const { name, runs, dialect = "native" } = question;
  if (wanted !== undefined) return named(question, wanted);
  const [now, ...earlier] = runs.filter(bearsParameters);
  if (now?.kind === "rollback" && now.status !== "COMPLETE") {
    const target = runs.find(({ number }) => number === now.cause.rollbackTo);
    if (target) return target;
  }
  const target = earlier.find(
    (record) => isBaseline({ record }) && !(now && isAlike(record, now, dialect)),
  );
  if (target) return target;
  throw new KplanError(
    "nothing-to-roll-back-to",
    `${name} has no earlier run that is complete and wanted something else`,
    {
      kind: "bad-input",
      hint: "`kplan plan history` lists its runs; `kplan rollback RUN` goes to one by its number, complete or not",
    },
  );
}

function named({ name, runs }: RollbackQuestion, wanted: number): RunRecord {
  const target = runs.find(({ number }) => number === wanted);
  const kept = runs.map(({ number }) => number).reverse();
  if (target === undefined)
    throw new KplanError("no-such-run", `${name} keeps no run ${wanted}`, {
      kind: "bad-input",
      hint: `it keeps ${kept.length === 0 ? "none" : kept.join(", ")}; \`kplan plan history\` tells what they were`,
    });
  const why = whyNot(target);
  if (why === undefined) return target;
  throw new KplanError("no-such-run", `run ${wanted} of ${name} ${why}`, {
    kind: "bad-input",
    hint: "`kplan plan history` lists its runs: one before it is the way",
  });
}

/** Why the parameters of a run are not those that the instance was to have. */
function whyNot({ kind, cause }: RunRecord): string | undefined {
  if (kind === "uninstall") return "is its uninstall";
  if (kind === "fix") return "applied again what earlier runs had, with their values";
  const names = cause.changes.map((change) => change.name).join(", ");
  return kind === "trigger" && names !== "" ? `had ${names} for that run alone` : undefined;
}

/** Whether two runs want the same; hashes of secret values left out, for these cannot be restored. */
function isAlike(one: RunRecord, other: RunRecord, dialect: Dialect): boolean {
  return one.digest === other.digest && textOf(one, dialect) === textOf(other, dialect);
}

function textOf({ parameters }: RunRecord, dialect: Dialect): string {
  const isHash = (value: string): boolean => dialect === "native" && value.startsWith("sha256:");
  const values = Object.entries(parameters).filter(([, value]) => !isHash(value));
  return JSON.stringify(values.sort(([a], [b]) => (a < b ? -1 : 1)));
}
