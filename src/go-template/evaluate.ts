import { refuseCall } from "../functions/go/builtins.ts";
import type { GoFunction } from "../functions/go/go-function.ts";
import { quote } from "../functions/go/quote.ts";
import {
  GoInt,
  GoObject,
  type GoType,
  type GoValue,
  goType,
  holdsInterfaces,
  isGoMap,
  isTrue,
  memberOf,
} from "../functions/go/value.ts";
import { type FunctionContext, FunctionError } from "../functions/template-function.ts";
import type { Budget, Limits } from "./budget.ts";
import {
  type ActionNode,
  type CallNode,
  type ChainNode,
  type CommandNode,
  type FieldNode,
  type NodeList,
  type NumberNode,
  nodeText,
  type Operand,
  type PipeNode,
  type VariableNode,
} from "./node.ts";
import { GoTemplateError, placeOf } from "./template-error.ts";

/** A parsed template and what it is executed with. */
export interface Execution {
  /** Its name, which messages begin with. */
  readonly name: string;
  readonly text: string;
  readonly templates: ReadonlyMap<string, NodeList>;
  readonly functions: ReadonlyMap<string, GoFunction>;
  /** `missingkey`: whether a member that is not there is an error, or no value. */
  readonly missingKey: "error" | "default";
  readonly context: FunctionContext;
  readonly limits: Limits;
}

/** `.`, and whether it is the item of a list of interfaces, which only messages care about. */
export interface Dot {
  readonly value: GoValue;
  readonly isInterface: boolean;
}

interface Variable {
  readonly name: string;
  value: GoValue;
  /** It is the item of a list of interfaces, which only messages care about. */
  isInterface: boolean;
}

/** No value comes from a command before. */
const MISSING = Symbol("missing");

type Node = ActionNode | CallNode | PipeNode | CommandNode | Operand;

/** The pipelines of one template that is being executed, and its variables. */
export class Evaluator {
  readonly variables: Variable[] = [];
  /** What is being evaluated: an error is there. */
  node: Node | undefined;
  private readonly execution: Execution;
  private readonly budget: Budget;
  private readonly template: string;

  constructor(execution: Execution, budget: Budget, template: string) {
    this.execution = execution;
    this.budget = budget;
    this.template = template;
  }

  /** Stops with what is too much. */
  tooMuch(reason: string): never {
    return this.fail("limit", reason);
  }

  /** The value of a pipeline, which its variables keep. */
  pipeline(pipe: PipeNode, dot: Dot): GoValue {
    this.node = pipe;
    let value: GoValue = MISSING;
    for (const command of pipe.commands) {
      value = this.command(command, dot, value);
      if (value === null) value = undefined;
    }
    for (const name of pipe.names)
      if (pipe.assigns) this.assign(name, value, false);
      else this.push(name, value);
    return value;
  }

  private command(command: CommandNode, dot: Dot, final: GoValue): GoValue {
    this.check(this.budget.step());
    const { args } = command;
    const [first, ...rest] = args;
    if (!first) throw new Error("a command without operand");
    switch (first.kind) {
      case "field":
        return this.field(first, dot, rest, final);
      case "chain":
        return this.chain(first, dot, rest, final);
      case "identifier":
        this.node = first;
        return this.invoke(first.name, command, rest, final, dot);
      case "pipe":
        this.refuseArguments(first, rest, final);
        return this.pipeline(first, dot);
      case "variable":
        return this.variable(first, dot, rest, final);
      default:
    }
    this.node = first;
    this.refuseArguments(first, rest, final);
    switch (first.kind) {
      case "bool":
        return first.value;
      case "dot":
        return dot.value;
      case "nil":
        return this.error("nil is not a command");
      case "number":
        return this.ideal(first);
      case "string":
        return first.text;
    }
  }

  private refuseArguments(first: Operand, rest: readonly Operand[], final: GoValue): void {
    if (rest.length > 0 || final !== MISSING)
      this.error(`can't give argument to non-function ${nodeText(first)}`);
  }

  private ideal(number: NumberNode): GoValue {
    this.node = number;
    if (number.ideal === "float" && number.float !== undefined) return number.float;
    if (number.int !== undefined) return number.int;
    return this.error(`${number.text} overflows int`);
  }

  private field(node: FieldNode, dot: Dot, rest: readonly Operand[], final: GoValue): GoValue {
    this.node = node;
    return this.follow(dot.value, dot.isInterface, node.names, rest, final, dot);
  }

  private chain(node: ChainNode, dot: Dot, rest: readonly Operand[], final: GoValue): GoValue {
    this.node = node;
    if (node.of.kind === "nil")
      return this.error(`indirection through explicit nil in ${nodeText(node)}`);
    const value = this.argument(node.of, undefined, dot);
    return this.follow(value, false, node.names, rest, final, dot);
  }

  private variable(
    node: VariableNode,
    dot: Dot,
    rest: readonly Operand[],
    final: GoValue,
  ): GoValue {
    this.node = node;
    const found = this.lookUp(node.name);
    if (node.names.length > 0)
      return this.follow(found.value, found.isInterface, node.names, rest, final, dot);
    this.refuseArguments(node, rest, final);
    return found.value;
  }

  /** `.A.B`: only the last name may take arguments. */
  private follow(
    from: GoValue,
    fromInterface: boolean,
    names: readonly string[],
    rest: readonly Operand[],
    final: GoValue,
    dot: Dot,
  ): GoValue {
    let receiver = from;
    let inside = fromInterface;
    for (const [index, name] of names.entries()) {
      const isLast = index === names.length - 1;
      const next = this.member(
        receiver,
        inside,
        name,
        isLast ? rest : [],
        isLast ? final : MISSING,
        dot,
      );
      inside = holdsInterfaces(receiver) && isGoMap(receiver);
      receiver = next;
    }
    return receiver;
  }

  private member(
    receiver: GoValue,
    inside: boolean,
    name: string,
    rest: readonly Operand[],
    final: GoValue,
    dot: Dot,
  ): GoValue {
    const strict = this.execution.missingKey === "error";
    if (receiver === undefined) {
      if (strict) this.error(`nil data; no entry for key ${quote(name)}`);
      return undefined;
    }
    const type = inside ? "interface {}" : goType(receiver);
    if (receiver === null) return this.error(`nil pointer evaluating interface {}.${name}`);
    if (isGoMap(receiver)) {
      if (rest.length > 0 || final !== MISSING)
        this.error(`${name} is not a method but has arguments`);
      const found = memberOf(receiver, name);
      if (found === undefined && strict) this.error(`map has no entry for key ${quote(name)}`);
      return found;
    }
    if (receiver instanceof GoObject) {
      const method = receiver.methods.get(name);
      if (method) {
        const fn: GoFunction = {
          name,
          params: method.params,
          variadic: false,
          shallow: false,
          work: 0,
          weight: 1,
          call: method.call,
        };
        return this.apply(fn, this.node, rest, final, dot);
      }
    }
    return this.error(`can't evaluate field ${name} in type ${type}`);
  }

  private invoke(
    name: string,
    node: Node,
    rest: readonly Operand[],
    final: GoValue,
    dot: Dot,
  ): GoValue {
    const fn = this.execution.functions.get(name);
    if (!fn) return this.error(`${quote(name)} is not a defined function`);
    return this.apply(fn, node, rest, final, dot);
  }

  private apply(
    fn: GoFunction,
    node: Node | undefined,
    rest: readonly Operand[],
    final: GoValue,
    dot: Dot,
  ): GoValue {
    const { name, params, variadic } = fn;
    const count = rest.length + (final === MISSING ? 0 : 1);
    const fixed = variadic ? params.length - 1 : params.length;
    if (variadic && count < fixed)
      this.error(`wrong number of args for ${name}: want at least ${fixed} got ${rest.length}`);
    if (!variadic && count !== fixed)
      this.error(`wrong number of args for ${name}: want ${fixed} got ${count}`);
    if (fn.lazy) return this.decide(fn.lazy, rest, final, dot);
    const typeAt = (index: number) => params[Math.min(index, params.length - 1)];
    const args = rest.map((arg, index) => this.argument(arg, typeAt(index), dot));
    if (final !== MISSING) args.push(this.checked(final, typeAt(rest.length)));
    for (const arg of args) this.charge(arg, fn);
    this.check(this.budget.spend(fn.work));
    const [first] = rest;
    const called = first && fn.name === "call" ? nodeText(first) : undefined;
    const result = this.answer(
      called === undefined ? fn : { ...fn, call: ([value]) => refuseCall(called, value) },
      args,
      node,
    );
    this.charge(result, fn, true);
    return result;
  }

  private charge(value: GoValue, fn: GoFunction, shallow: boolean = fn.shallow): void {
    this.check(this.budget.value(value, shallow));
    if (fn.weight > 1 && typeof value === "string")
      this.check(this.budget.spend(value.length * fn.weight));
  }

  private answer(fn: GoFunction, args: readonly GoValue[], node: Node | undefined): GoValue {
    try {
      return fn.call(args, this.execution.context);
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      this.node = node;
      return this.error(`error calling ${fn.name}: ${error.message}`);
    }
  }

  /** `and` stops at the first empty argument, `or` at the first that is not; that one is the value. */
  private decide(lazy: "and" | "or", rest: readonly Operand[], final: GoValue, dot: Dot): GoValue {
    let value: GoValue;
    for (const arg of rest) {
      value = this.argument(arg, "value", dot);
      if (isTrue(value) === (lazy === "or")) return value;
    }
    return final === MISSING ? value : final;
  }

  /** The value of an argument, as this type; any type when undefined. */
  private argument(node: Operand, type: GoType | undefined, dot: Dot): GoValue {
    this.node = node;
    switch (node.kind) {
      case "dot":
        return this.checked(dot.value, type);
      case "nil":
        if (type === undefined || NILABLE.has(type)) return type === "value" ? undefined : null;
        return this.error(`cannot assign nil to ${type}`);
      case "field":
        return this.checked(this.field(node, dot, [], MISSING), type);
      case "variable":
        return this.checked(this.variable(node, dot, [], MISSING), type);
      case "pipe":
        return this.checked(this.pipeline(node, dot), type);
      case "identifier":
        return this.checked(this.invoke(node.name, node, [], MISSING, dot), type);
      case "chain":
        return this.checked(this.chain(node, dot, [], MISSING), type);
      case "bool":
      case "number":
      case "string":
        return this.constant(node, type);
    }
  }

  private constant(node: Operand, type: GoType | undefined): GoValue {
    switch (type) {
      case "bool":
        return node.kind === "bool" ? node.value : this.expected("bool", node);
      case "string":
        return node.kind === "string" ? node.text : this.expected("string", node);
      case "int":
        if (node.kind === "number" && node.int !== undefined) return node.int;
        return this.expected("integer", node);
      case "uint32":
        if (node.kind === "number" && node.isUint && node.int !== undefined)
          return new GoInt("uint32", BigInt.asUintN(32, node.int));
        return this.expected("unsigned integer", node);
      case "float64":
        if (node.kind === "number" && node.float !== undefined) return node.float;
        return this.expected("float", node);
      case "value":
      case "interface {}":
      case undefined:
        if (node.kind === "number") return this.ideal(node);
        return node.kind === "bool" ? node.value : node.kind === "string" ? node.text : null;
      default:
        return this.error(`can't handle ${nodeText(node)} for arg of type ${type}`);
    }
  }

  private expected(what: string, node: Operand): never {
    return this.error(`expected ${what}; found ${nodeText(node)}`);
  }

  private checked(value: GoValue, type: GoType | undefined): GoValue {
    if (type === undefined || type === "value") return value;
    if (value === undefined)
      return NILABLE.has(type) ? null : this.error(`invalid value; expected ${type}`);
    if (type === "interface {}" || goType(value) === type) return value;
    const found = value === null ? "interface {}" : goType(value);
    return this.error(`wrong type for value; expected ${type}; got ${found}`);
  }

  /** Declares a variable. */
  push(name: string, value: GoValue): void {
    this.variables.push({ name, value, isInterface: false });
  }

  /** Gives the variable that many from the top a value. */
  setTop(fromTop: number, value: GoValue, isInterface: boolean): void {
    const variable = this.variables.at(-fromTop);
    if (!variable) throw new Error("no variable of the loop");
    variable.value = value;
    variable.isInterface = isInterface;
  }

  /** Gives the innermost variable of that name a value. */
  assign(name: string, value: GoValue, isInterface: boolean): void {
    const variable = this.lookUp(name);
    variable.value = value;
    variable.isInterface = isInterface;
  }

  private lookUp(name: string): Variable {
    for (let index = this.variables.length - 1; index >= 0; index--) {
      const variable = this.variables[index];
      if (variable?.name === name) {
        this.check(this.budget.spend(4 * (this.variables.length - index)));
        return variable;
      }
    }
    return this.error(`undefined variable: ${name}`);
  }

  /** Stops when something was too much. */
  check(tooMuch: string | undefined): void {
    if (tooMuch !== undefined) this.tooMuch(tooMuch);
  }

  /** Stops with Go's message of what is being evaluated. */
  error(reason: string): never {
    return this.fail("execute", reason);
  }

  private fail(kind: "execute" | "limit", reason: string): never {
    const { name, text } = this.execution;
    if (!this.node)
      throw new GoTemplateError(kind, `template: ${name}: ${reason}`, reason, { line: 1, col: 1 });
    const at = placeOf(text, this.node.pos);
    const before = text.slice(text.lastIndexOf("\n", this.node.pos - 1) + 1, this.node.pos);
    const place = `${name}:${at.line}:${Buffer.byteLength(before)}`;
    const where = `executing ${quote(this.template)} at <${nodeText(this.node)}>`;
    throw new GoTemplateError(kind, `template: ${place}: ${where}: ${reason}`, reason, at);
  }
}

/** Types that a nil can be given for. */
const NILABLE: ReadonlySet<GoType> = new Set<GoType>([
  "value",
  "interface {}",
  "[]interface {}",
  "map[string]interface {}",
]);
