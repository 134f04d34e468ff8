import { expect, test } from "vitest";
import { attemptTemplate, mutatedTemplate } from "./mutated-template.ts";
import { picker } from "./ours.ts";

/** `KPLAN_GO_FUZZ=1000000 npx vitest run test/go-template/fuzz.test.ts` for many; `KPLAN_GO_SEED` for others. */
const count = Number(process.env.KPLAN_GO_FUZZ ?? 600);
const first = Number(process.env.KPLAN_GO_SEED ?? 1) * 10_000_000;

test(`${count} mutated templates: nothing but a GoTemplateError, at once, in little memory`, {
  timeout: 86_400_000,
}, () => {
  let slowest = { time: 0, template: "" };
  let rendered = 0;
  for (let index = 0; index < count; index++) {
    const pick = picker(first + index);
    const template = mutatedTemplate(pick);
    const from = process.cpuUsage();
    rendered += attemptTemplate(
      template,
      pick(2) === 0 ? "kudo" : "go",
      pick(2) === 0 ? "error" : "default",
    );
    const { user, system } = process.cpuUsage(from);
    const time = (user + system) / 1000;
    if (time > slowest.time) slowest = { time, template };
  }
  const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
  if (process.env.KPLAN_GO_FUZZ)
    process.stdout.write(
      `${count} templates, ${rendered} rendered; slowest ${slowest.time.toFixed(0)} ms of processor time; ${memory} MB\n`,
    );
  expect(slowest.time, slowest.template).toBeLessThan(1000);
  if (process.env.KPLAN_GO_FUZZ) expect(memory).toBeLessThan(512);
});
