import { packArchive } from "../../../src/package/files/archive.ts";
import { attemptTemplate, mutatedTemplate } from "../../go-template/mutated-template.ts";
import { picker } from "../../go-template/ours.ts";
import { attemptArchive, attemptPackage } from "./attempt-package.ts";
import { basePackages, type Files, mutatedArchive, mutatedPackage } from "./mutated-package.ts";

/** What is mutated. */
export type Subject = "template" | "package" | "archive";

/** Makes a case out of a number and plays it; gives what became of it in a word. Throws what should not have come of it. */
export type PlayCase = (seed: number) => Promise<string>;

const NATIVE: Files = new Map(
  ["operator.yaml", "params.yaml"].map((path) => [
    path,
    new Uint8Array(Buffer.from("apiVersion: kplan.dev/v1\nname: 1\n")),
  ]),
);

/** The cases of a subject. The same number is the same case. */
export async function casesOf(subject: Subject): Promise<PlayCase> {
  // What is read once, from kplan's own files, is read before the first case.
  await attemptPackage(NATIVE);
  switch (subject) {
    case "template":
      return async (seed) => {
        const pick = picker(seed);
        const template = mutatedTemplate(pick);
        const functions = pick(2) === 0 ? "kudo" : "go";
        return attemptTemplate(template, functions, pick(2) === 0 ? "error" : "default") === 1
          ? "rendered"
          : "refused";
      };
    case "package": {
      const bases = basePackages();
      return async (seed) => {
        const pick = picker(seed);
        return await attemptPackage(mutatedPackage(pick, baseOf(bases, pick)));
      };
    }
    case "archive": {
      const bases = await Promise.all(basePackages().map(packArchive));
      return async (seed) => {
        const pick = picker(seed);
        const base = bases[pick(bases.length)] ?? new Uint8Array();
        return await attemptArchive(mutatedArchive(pick, base));
      };
    }
  }
}

function baseOf(bases: readonly Files[], pick: (count: number) => number): Files {
  return bases[pick(bases.length)] ?? new Map();
}
