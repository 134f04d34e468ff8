import type { Expression } from "./expression.ts";

/** What must be true before a plan or a step begins; else it is refused with the message, unless somebody allows it by its id. */
export interface Requirement {
  /** What `--allow` names; in the package only the very same requirement has it too. */
  readonly id: string;
  readonly expression: Expression;
  /** A sentence for people; a Handlebars template over the names of any other template. */
  readonly message: string;
}
