import { wellFormed } from "../functions/go/bytes.ts";
import { printed } from "../functions/go/print.ts";
import { quote } from "../functions/go/quote.ts";
import {
  type GoValue,
  holdsInterfaces,
  isGoMap,
  isTrue,
  sortedKeys,
} from "../functions/go/value.ts";
import { Budget } from "./budget.ts";
import { type Dot, Evaluator, type Execution } from "./evaluate.ts";
import type { BranchNode, CallNode, NodeList, PipeNode, TemplateNode } from "./node.ts";

/** The text of a template with this data. Throws `GoTemplateError`. */
export function execute(execution: Execution, data: GoValue): string {
  const output: Output = { text: "" };
  const state = new State(execution, new Budget(execution.limits), execution.name, output, 0);
  const nodes = execution.templates.get(execution.name) ?? [];
  try {
    state.start(nodes, data);
  } catch (error) {
    if (error instanceof RangeError && /call stack/.test(error.message))
      state.tooMuch("the template is nested too deep");
    throw error;
  }
  return wellFormed(output.text);
}

interface Output {
  text: string;
}

/** Where the text goes on. */
type Flow = "next" | "break" | "continue";

/** One template being executed; those that it calls have states of their own. */
class State {
  private readonly execution: Execution;
  private readonly budget: Budget;
  private readonly evaluator: Evaluator;
  private readonly output: Output;
  private readonly depth: number;

  constructor(
    execution: Execution,
    budget: Budget,
    template: string,
    output: Output,
    depth: number,
  ) {
    this.execution = execution;
    this.budget = budget;
    this.evaluator = new Evaluator(execution, budget, template);
    this.output = output;
    this.depth = depth;
  }

  start(nodes: NodeList, data: GoValue): void {
    this.evaluator.push("$", data);
    this.walkList(nodes, { value: data, isInterface: false });
  }

  tooMuch(reason: string): never {
    return this.evaluator.tooMuch(reason);
  }

  private walkList(nodes: NodeList, dot: Dot): Flow {
    for (const node of nodes) {
      const flow = this.walk(node, dot);
      if (flow !== "next") return flow;
    }
    return "next";
  }

  private walk(node: TemplateNode, dot: Dot): Flow {
    this.evaluator.check(this.budget.step());
    switch (node.kind) {
      case "text":
        this.write(node.text);
        return "next";
      case "action": {
        this.evaluator.node = node;
        const value = this.evaluator.pipeline(node.pipe, dot);
        if (node.pipe.names.length > 0) return "next";
        this.evaluator.node = node;
        this.print(value);
        return "next";
      }
      case "if":
      case "with":
        return this.choose(node, dot);
      case "range":
        return this.loop(node, dot);
      case "template":
        this.call(node, dot);
        return "next";
      case "break":
      case "continue":
        return node.kind;
    }
  }

  private write(text: string): void {
    this.output.text += text;
    this.evaluator.check(this.budget.output(this.output.text.length));
  }

  private print(value: GoValue): void {
    if (typeof value === "string") this.write(value);
    else if (value === null || value === undefined) this.write("<no value>");
    else {
      if (typeof value === "object") this.evaluator.check(this.budget.value(value, false));
      this.write(printed(value));
    }
  }

  private choose(node: BranchNode, dot: Dot): Flow {
    const mark = this.evaluator.variables.length;
    const value = this.evaluator.pipeline(node.pipe, dot);
    let flow: Flow = "next";
    if (isTrue(value))
      flow =
        node.kind === "with"
          ? this.walkList(node.list, { value, isInterface: false })
          : this.walkList(node.list, dot);
    else if (node.elseList) flow = this.walkList(node.elseList, dot);
    this.evaluator.variables.length = mark;
    return flow;
  }

  private loop(node: BranchNode, dot: Dot): Flow {
    const bottom = this.evaluator.variables.length;
    const over = this.evaluator.pipeline(node.pipe, dot);
    const mark = this.evaluator.variables.length;
    const items = this.itemsOf(over);
    if (items.length === 0) {
      const flow = node.elseList ? this.walkList(node.elseList, dot) : "next";
      this.evaluator.variables.length = bottom;
      return flow;
    }
    const inside = holdsInterfaces(over);
    for (const [index, item] of items) {
      this.evaluator.check(this.budget.step());
      this.setLoopVariables(node.pipe, index, item, inside);
      const flow = this.walkList(node.list, { value: item, isInterface: inside });
      this.evaluator.variables.length = mark;
      if (flow === "break") break;
    }
    this.evaluator.variables.length = bottom;
    return "next";
  }

  private itemsOf(over: GoValue): readonly (readonly [GoValue, GoValue])[] {
    if (over === null || over === undefined) return [];
    if (Array.isArray(over)) {
      this.evaluator.check(this.budget.spend(over.length));
      return over.map((item, index) => [BigInt(index), item] as const);
    }
    if (isGoMap(over)) {
      const keys = sortedKeys(over);
      this.evaluator.check(this.budget.spend(keys.length));
      return keys.map((key) => [key, over[key]] as const);
    }
    return this.evaluator.error(`range can't iterate over ${printed(over)}`);
  }

  /** With one name it is the item; with two the first is the index. */
  private setLoopVariables(pipe: PipeNode, index: GoValue, item: GoValue, inside: boolean): void {
    const { names, assigns } = pipe;
    const [first, second] = names;
    if (first === undefined) return;
    if (!assigns) {
      this.evaluator.setTop(1, item, inside);
      if (second !== undefined) this.evaluator.setTop(2, index, false);
      return;
    }
    if (second === undefined) this.evaluator.assign(first, item, inside);
    else {
      this.evaluator.assign(first, index, false);
      this.evaluator.assign(second, item, inside);
    }
  }

  private call(node: CallNode, dot: Dot): void {
    this.evaluator.node = node;
    const nodes = this.execution.templates.get(node.name);
    if (!nodes) this.evaluator.error(`template ${quote(node.name)} not defined`);
    this.evaluator.check(this.budget.depth(this.depth + 1));
    const value = node.pipe ? this.evaluator.pipeline(node.pipe, dot) : undefined;
    const inner = new State(this.execution, this.budget, node.name, this.output, this.depth + 1);
    inner.start(nodes, value);
  }
}
