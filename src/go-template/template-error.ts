import { wellFormed } from "../functions/go/bytes.ts";

/** A place in a template, both from 1; columns count UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly col: number;
}

/**
 * A Go template cannot be read, or cannot be rendered with these values. The message is Go's own, with the template's name and the place:
 * `template: x:1:3: executing "x" at <.Foo>: map has no entry for key "Foo"`.
 */
export class GoTemplateError extends Error {
  override readonly name = "GoTemplateError";
  /** `parse`: the text is no template · `execute`: it fails with these values · `limit`: it does too much. */
  readonly kind: "parse" | "execute" | "limit";
  /** The message without name and place. */
  readonly reason: string;
  readonly at: Place;

  constructor(kind: GoTemplateError["kind"], message: string, reason: string, at: Place) {
    super(wellFormed(message));
    this.kind = kind;
    this.reason = wellFormed(reason);
    this.at = at;
  }
}

/** The place of a position in a text. */
export function placeOf(text: string, pos: number): Place {
  const before = text.slice(0, pos);
  const start = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, col: before.length - start + 1 };
}
