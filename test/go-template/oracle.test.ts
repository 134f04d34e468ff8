import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import pLimit from "p-limit";
import { expect, test } from "vitest";
import { randomTemplate } from "./grammar.ts";
import { type Answer, KubectlOracle, kubectlGoVersion } from "./kubectl.ts";
import { DATA, ours } from "./ours.ts";

/**
 * Our engine against Go itself, as kubectl has it. Takes minutes (a process each for what fails), so it runs only when asked for:
 * `KPLAN_GO_ORACLE=5000 npx vitest run test/go-template/oracle.test.ts` (and `KPLAN_GO_SEED=…` for other templates).
 * `golden.json` holds answers recorded by the same means for the default suite.
 */
const count = Number(process.env.KPLAN_GO_ORACLE ?? 0);
const version = count > 0 ? kubectlGoVersion() : undefined;
const reason =
  count === 0 ? "KPLAN_GO_ORACLE is not set" : version === undefined ? "there is no kubectl" : "";

/** `KPLAN_GO_MISSING=default`: members that are not there are no error. */
const missingKey = process.env.KPLAN_GO_MISSING === "default" ? "default" : "error";

/** Templates that we think render, in one process: nothing of one reaches the next, but variables, which are declared anew. */
const BATCH = 40;
const BETWEEN = "§§§";

test.skipIf(reason !== "")(
  `${count} generated templates render as Go's do${reason && ` (skipped: ${reason})`}`,
  { timeout: 3_600_000 },
  async () => {
    expect(version, "the goldens and the engine follow Go 1.23").toMatch(/^go1\.23\./);
    const oracle = new KubectlOracle(DATA);
    const templates = fc.sample(TEMPLATES, {
      numRuns: count,
      seed: Number(process.env.KPLAN_GO_SEED ?? 1),
    });
    const limit = pLimit(2);
    const different: unknown[] = [];
    let [texts, errors] = [0, 0];
    const compare = async (template: string, expected: Answer) => {
      const seen = await oracle.render(template, missingKey);
      if (seen.error === undefined) texts++;
      else errors++;
      if (!isSame(seen, expected)) different.push({ template, go: seen, ours: expected });
    };
    const answers = templates.map((template) => ({ template, answer: ours(template, missingKey) }));
    const fine = answers.filter(({ answer }) => answer.error === undefined);
    const failing = answers.filter(({ answer }) => answer.error !== undefined);
    const batches = Array.from({ length: Math.ceil(fine.length / BATCH) }, (_, i) =>
      fine.slice(i * BATCH, (i + 1) * BATCH),
    );
    await Promise.all([
      ...batches.map((batch, index) =>
        limit(async () => {
          const joined = batch
            .map(({ template }) => apart(template, index))
            .map(distinct)
            .join(BETWEEN);
          const seen = await oracle.render(joined, missingKey);
          const parts = seen.text.split(BETWEEN);
          if (seen.error === undefined && parts.length === batch.length) {
            texts += batch.length;
            for (const [i, { template, answer }] of batch.entries())
              if (!isSame({ text: parts[i] ?? "" }, answer))
                different.push({ template, go: parts[i], ours: answer });
          } else for (const { template, answer } of batch) await compare(template, answer);
        }),
      ),
      ...failing.map(({ template, answer }) => limit(() => compare(template, answer))),
    ]);
    oracle.close();
    process.stdout.write(
      `Go ${version}: ${count} templates, ${texts} rendered and ${errors} refused by Go, ${different.length} differ\n`,
    );
    expect(different).toEqual([]);
  },
);

/** `KPLAN_GO_RECORD=300 npx vitest run test/go-template/oracle.test.ts` writes `golden.json` anew. */
const record = Number(process.env.KPLAN_GO_RECORD ?? 0);

test.skipIf(record === 0)("records what Go answers", { timeout: 3_600_000 }, async () => {
  expect(kubectlGoVersion()).toMatch(/^go1\.23\./);
  const oracle = new KubectlOracle(DATA);
  const limit = pLimit(2);
  const templates = [...PROBES, ...fc.sample(TEMPLATES, { numRuns: record, seed: 99 })];
  const cases = await Promise.all(
    templates.map((template) =>
      limit(async () => ({ template, ...(await oracle.render(template, "error")) })),
    ),
  );
  oracle.close();
  const lines = cases.map((each) => JSON.stringify(each)).join(",\n");
  writeFileSync(join(import.meta.dirname, "golden.json"), `[\n${lines}\n]\n`);
});

const PROBES: readonly string[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "probes.json"), "utf8"),
);
const TEMPLATES = fc.gen().map((g) => randomTemplate((most) => g(fc.nat, { max: most - 1 })));

/** What templates define must differ within a batch. */
function apart(template: string, batch: number): string {
  return template.replace(/"(t1|b\d+)"/g, `"$1_${batch}"`);
}

function distinct(template: string, index: number): string {
  return template.replace(/"((?:t1|b\d+)_\d+)"/g, `"$1_${index}"`);
}

/** Of a text that ends in an error only the error is compared; our limit of depth is another than Go's. */
function isSame(go: Answer, mine: Answer): boolean {
  if (go.error === undefined) return mine.error === undefined && go.text === mine.text;
  return mine.error?.trimEnd() === go.error;
}
