/**
 * What to write instead of a word of Go's template language, which authors of Helm charts have in their fingers;
 * undefined for any other word.
 */
export function insteadOf(word: string): string | undefined {
  return GO_WORDS.get(word);
}

const LOOP = "a loop is written {{#each LIST}} … {{/each}}";
const ALONE = "templates cannot include one another";

const GO_WORDS: ReadonlyMap<string, string> = new Map([
  ["if", "a condition is written {{#if X}} … {{/if}}"],
  ["with", "it is written {{#with X}} … {{/with}}"],
  ["range", LOOP],
  ["end", "a block is closed by its name: {{/if}}, {{/each}}"],
  ["include", ALONE],
  ["template", ALONE],
  ["define", ALONE],
  ["block", ALONE],
  ["tpl", "a parameter is printed as it is, never rendered"],
  ["Values", "parameters are Params.NAME"],
  ["Release", "the instance is Name, in Namespace"],
  ["Chart", "the package is OperatorName, OperatorVersion, AppVersion"],
]);
