import type { RunEvent } from "../../model/event.ts";
import { refText } from "../../model/kube-object.ts";
import { pathText } from "../../model/run.ts";
import type { Terminal } from "../terminal.ts";
import { duration } from "./duration.ts";
import type { EventView } from "./event-view.ts";
import { checkingText, outcomeText } from "./outcome-text.ts";

/** A line for each event, for logs and pipes: time since the start, place, what happened. */
export function plainLines(terminal: Terminal, simulated: boolean): EventView {
  let start: number | undefined;
  const say = (event: RunEvent, text: string): void => {
    start ??= Date.parse(event.at);
    terminal.out(`${duration(Date.parse(event.at) - start).padStart(6)}  ${text}\n`);
  };
  return {
    event(event) {
      const text = lineOf(event, simulated);
      if (text === undefined) return;
      if (event.type === "warning") terminal.err(`warning: ${event.message}\n`);
      else say(event, text);
    },
    close() {},
  };
}

/** What a line says of an event; undefined for events that are no news in a log. */
function lineOf(event: RunEvent, simulated: boolean): string | undefined {
  switch (event.type) {
    case "run-started": {
      const { run, plans, resumed } = event;
      const names = plans.map((plan) => plan.name).join(", ");
      return `${run.instance}: run ${run.number} ${resumed ? "continues" : "starts"} (${names})`;
    }
    case "attached":
      return `following ${event.holder}, which executes this request`;
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
    case "meter":
      return undefined;
    case "gate":
    case "rollout":
      return `${pathText(event.path)} ${event.message}`;
    case "task-finished":
      return undefined;
    case "retry":
      return `${pathText(event.path)} again in ${duration(event.inMs)}: ${event.message}`;
    case "warning":
      return event.message;
    case "run-finished":
      return outcomeText(event.outcome, simulated);
  }
}
