/**
 * A condition of a package, in CEL (https://github.com/google/cel-spec): text as it stands in `operator.yaml`. `expressions/` parses and evaluates it;
 * what it can see depends on where it stands: `Params`, `Facts` and `Capabilities` everywhere, and in a gate also `Pod`, `Values`, `Pods` and `Expected`.
 */
export type Expression = string;
