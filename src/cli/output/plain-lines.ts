import type { RunEvent } from "../../model/event.ts";
import { refText } from "../../model/kube-object.ts";
import { pathText } from "../../model/run.ts";
import { isTerminal } from "../../model/status.ts";
import type { Terminal } from "../terminal.ts";
import { duration } from "./duration.ts";
import type { EventView } from "./event-view.ts";
import { factLines } from "./fact-lines.ts";
import { gateText } from "./gate-text.ts";
import { meterText } from "./meter-text.ts";
import { checkingText, outcomeText } from "./outcome-text.ts";
import { printable } from "./printable.ts";

/** A line for each event, for logs and pipes: time since the start, place, what happened. */
export function plainLines(terminal: Terminal, simulated: boolean): EventView {
  let start: number | undefined;
  const meters = new Map<string, MeterNews>();
  const say = (event: RunEvent, said: string, whose: readonly string[] = []): void => {
    start ??= Date.parse(event.at);
    const text = [...whose, said].join(" · ");
    const time = duration(Date.parse(event.at) - start).padStart(6);
    terminal.out(`${time}  ${text.replaceAll("\n", `\n${" ".repeat(8)}`)}\n`);
  };
  /** What a meter says, from time to time, and at once when it is over its budget. */
  const sayMeter = (event: RunEvent & { readonly type: "meter" }): void => {
    const key = pathText(event.path);
    const text = `${key} ${meterText(event.total)}`;
    const before = meters.get(key);
    const since = Date.parse(event.at) - (before?.saidAt ?? Date.parse(event.at));
    const isNews = event.total.over !== before?.over || before === undefined;
    if (isNews || since >= METER_EVERY) {
      meters.set(key, { saidAt: Date.parse(event.at), over: event.total.over, unsaid: undefined });
      say(event, text);
    } else meters.set(key, { ...before, unsaid: text });
  };
  /** What a meter found last, before its step is left. */
  const sayRest = (event: RunEvent): void => {
    for (const [key, news] of meters) {
      const isOver =
        event.type === "run-finished" ||
        (event.type === "status" && pathText(event.path) === key && isTerminal(event.status));
      if (!isOver) continue;
      meters.delete(key);
      if (news.unsaid !== undefined) say(event, news.unsaid);
    }
  };
  /** What the instances below say, with their names; what their meters say is left to those who look at them. */
  const sayChild = (
    outer: RunEvent & { readonly type: "child" },
    whose: readonly string[],
  ): void => {
    const event = { ...outer.event, at: outer.at };
    if (event.type === "child") sayChild(event, [...whose, event.instance]);
    else {
      const text = event.type === "meter" ? undefined : lineOf(event, simulated);
      if (text !== undefined) say(event, text, whose);
    }
  };
  return {
    event(event) {
      if (event.type === "child") return sayChild(event, [event.instance]);
      if (event.type === "meter") return sayMeter(event);
      sayRest(event);
      const text = lineOf(event, simulated);
      if (text === undefined) return;
      if (event.type === "warning") terminal.err(`warning: ${event.message}\n`);
      else say(event, text);
    },
    close() {},
  };
}

/** Milliseconds between two lines about a meter, at least. */
const METER_EVERY = 10_000;

/** What is said of a meter, and what is not yet. */
interface MeterNews {
  readonly saidAt: number;
  readonly over: string | undefined;
  readonly unsaid: string | undefined;
}

/** What a line says of an event; undefined for events that are no news in a log. */
function lineOf(
  event: Exclude<RunEvent, { readonly type: "meter" | "child" }>,
  simulated: boolean,
): string | undefined {
  switch (event.type) {
    case "run-started": {
      const { run, plans, resumed } = event;
      const names = plans.map((plan) => plan.name).join(", ");
      return `${run.instance}: run ${run.number} ${resumed ? "continues" : "starts"} (${names})`;
    }
    case "attached":
      return `following ${event.holder}, which drives the run`;
    case "waiting":
      return event.message;
    case "check-started":
      return checkingText(event.objects);
    case "check-finished":
      return undefined;
    case "status": {
      const why = event.message ? `: ${event.message}` : "";
      return `${pathText(event.path)} ${event.status}${why}`;
    }
    case "task-started":
      return undefined;
    case "object-written":
      return `${pathText(event.path)} ${refText(event.ref)} ${event.change}`;
    case "object-health":
      return event.health.state === "ready"
        ? `${pathText(event.path)} ${refText(event.ref)} ready`
        : `${pathText(event.path)} ${refText(event.ref)}: ${event.health.message}`;
    case "fact":
      return `${pathText(event.path)} found ${factLines(event.task, event.value).join("\n")}`;
    case "gate":
      return `${pathText(event.path)} ${gateText(event)}`;
    case "rollout":
      return `${pathText(event.path)} ${refText(event.ref)}: ${printable(event.message)}`;
    case "task-finished":
      return event.skipped === undefined
        ? undefined
        : `${pathText(event.path)} skipped: ${printable(event.skipped)}`;
    case "retry":
      return `${pathText(event.path)} again in ${duration(event.inMs)}: ${event.message}`;
    case "warning":
      return event.message;
    case "run-finished":
      return outcomeText(event.outcome, simulated);
  }
}
