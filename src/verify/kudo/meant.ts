import { didYouMean } from "../../model/nearest.ts";

/** A hint with the nearest known word; undefined when none is near. The sentences themselves are KUDO's, to the letter. */
export function meant(word: string, known: Iterable<string>): string | undefined {
  return didYouMean(word, known).replace(/^, /, "") || undefined;
}
