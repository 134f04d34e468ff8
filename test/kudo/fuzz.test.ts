import { expect, test } from "vitest";
import { casesOf, type Subject } from "./fuzz/fuzz-cases.ts";

/** A sample; `node scripts/fuzz-kudo.mjs` plays a million. */
const COUNTS: readonly (readonly [Subject, number])[] = [
  ["package", 120],
  ["archive", 80],
];

test.each(COUNTS)("mutated %ss: issues, never a crash, none slow", async (subject, count) => {
  const play = await casesOf(subject);
  const fates = new Set<string>();
  for (let index = 0; index < count; index++) {
    const from = process.cpuUsage();
    fates.add(
      await play(index).catch((error) => {
        throw new Error(`${subject} ${index}`, { cause: error });
      }),
    );
    const { user, system } = process.cpuUsage(from);
    expect(user + system, `${subject} ${index}`).toBeLessThan(1_000_000);
  }
  expect(fates.size).toBeGreaterThan(1);
});
