import { quote } from "../functions/go/quote.ts";

/** A list of what stands one after the other. */
export type NodeList = readonly TemplateNode[];

/** A piece of a template. `pos` is in UTF-16 units from the beginning of the text. */
export type TemplateNode =
  | { readonly kind: "text"; readonly pos: number; readonly text: string }
  | ActionNode
  | BranchNode
  | CallNode
  | { readonly kind: "break"; readonly pos: number }
  | { readonly kind: "continue"; readonly pos: number };

/** `{{ pipeline }}` */
export interface ActionNode {
  readonly kind: "action";
  readonly pos: number;
  readonly pipe: PipeNode;
}

/** `{{ if }}`, `{{ range }}` or `{{ with }}`. */
export interface BranchNode {
  readonly kind: "if" | "range" | "with";
  readonly pos: number;
  readonly pipe: PipeNode;
  readonly list: NodeList;
  readonly elseList: NodeList | undefined;
}

/** `{{ template "name" pipeline }}` */
export interface CallNode {
  readonly kind: "template";
  readonly pos: number;
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}

/** Commands, each given the result of the one before, and the variables that keep the last result. */
export interface PipeNode {
  readonly kind: "pipe";
  readonly pos: number;
  readonly assigns: boolean;
  readonly names: readonly string[];
  readonly commands: readonly CommandNode[];
}

/** A function or value with arguments. */
export interface CommandNode {
  readonly kind: "command";
  readonly pos: number;
  /** At least one. */
  readonly args: readonly Operand[];
}

/** What can be an argument. */
export type Operand =
  | PipeNode
  | { readonly kind: "identifier"; readonly pos: number; readonly name: string }
  | FieldNode
  | VariableNode
  | ChainNode
  | { readonly kind: "dot"; readonly pos: number }
  | { readonly kind: "nil"; readonly pos: number }
  | { readonly kind: "bool"; readonly pos: number; readonly value: boolean }
  | NumberNode
  | StringNode;

/** `.A.B` */
export interface FieldNode {
  readonly kind: "field";
  readonly pos: number;
  readonly names: readonly string[];
}

/** `$a.B` */
export interface VariableNode {
  readonly kind: "variable";
  readonly pos: number;
  readonly name: string;
  readonly names: readonly string[];
}

/** `(pipeline).A.B` */
export interface ChainNode {
  readonly kind: "chain";
  readonly pos: number;
  readonly of: Operand;
  readonly names: readonly string[];
}

/** A constant, and what it may be taken for. */
export interface NumberNode {
  readonly kind: "number";
  readonly pos: number;
  readonly text: string;
  readonly int: bigint | undefined;
  readonly isUint: boolean;
  readonly float: number | undefined;
  /** What it is where nothing says which it should be. */
  readonly ideal: "int" | "float";
}

/** A text as it was written, and what it means. */
export interface StringNode {
  readonly kind: "string";
  readonly pos: number;
  readonly quoted: string;
  readonly text: string;
}

/** A node as Go's messages write it. */
export function nodeText(
  node: PipeNode | CommandNode | Operand | ActionNode | CallNode | undefined,
): string {
  if (node === undefined) return "";
  switch (node.kind) {
    case "pipe":
      return pipeText(node);
    case "command":
      return node.args
        .map((arg) => (arg.kind === "pipe" ? `(${pipeText(arg)})` : nodeText(arg)))
        .join(" ");
    case "identifier":
      return node.name;
    case "field":
      return fieldsText(node.names);
    case "variable":
      return node.name + fieldsText(node.names);
    case "chain":
      return (
        (node.of.kind === "pipe" ? `(${pipeText(node.of)})` : nodeText(node.of)) +
        fieldsText(node.names)
      );
    case "dot":
      return ".";
    case "nil":
      return "nil";
    case "bool":
      return String(node.value);
    case "number":
      return node.text;
    case "string":
      return node.quoted;
    case "action":
      return `{{${pipeText(node.pipe)}}}`;
    case "template":
      return `{{template ${quote(node.name)}${node.pipe ? ` ${pipeText(node.pipe)}` : ""}}}`;
  }
}

function pipeText({ names, assigns, commands }: PipeNode): string {
  const declared = names.length > 0 ? `${names.join(", ")} ${assigns ? "=" : ":="} ` : "";
  return declared + commands.map(nodeText).join(" | ");
}

function fieldsText(names: readonly string[]): string {
  return names.map((name) => `.${name}`).join("");
}
