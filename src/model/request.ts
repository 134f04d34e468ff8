import { isMap } from "./json.ts";
import type { KubeObject } from "./kube-object.ts";
import { ANNOTATION } from "./names.ts";

/** What somebody at another terminal asks the driver of a run to do: annotation `kplan.dev/request` of the Instance. */
export type RunRequest = {
  /** Tells it from every other request; letters, digits and hyphens. */
  readonly id: string;
  /** RFC 3339, by the clock of whoever asks. */
  readonly at: string;
  /** `anna@laptop`, for people. */
  readonly by: string;
  /** uid of the run that it is about: a driver of another run does nothing. */
  readonly run: string;
} & RequestedAct;

/** What is asked for; `step` is `plan.phase.step`. */
export type RequestedAct =
  | { readonly act: "pause" | "cancel" }
  | { readonly act: "skip"; readonly step: string };

/** What the driver answered: annotation `kplan.dev/request-answer`. */
export interface RequestAnswer {
  /** Of the request. */
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  readonly accepted: boolean;
  /** Why not, or what will happen. */
  readonly message: string;
}

/** The text of the annotation. */
export function requestText(request: RunRequest): string {
  return JSON.stringify(request);
}

/** The request on an Instance; undefined when there is none; a text that says what is wrong with one that cannot be understood. */
export function requestOf(instance: KubeObject): RunRequest | string | undefined {
  const text = instance.metadata.annotations?.[ANNOTATION.request];
  return text === undefined || text === "" ? undefined : parseRequest(text);
}

/** Reads the text of a request strictly; gives what is wrong with it otherwise. */
export function parseRequest(text: string): RunRequest | string {
  const value = parsed(text);
  if (!isMap(value)) return "it is no JSON object";
  const { id, at, by, run, act, step, ...others } = value;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return `it has a member ${JSON.stringify(unknown.slice(0, 40))}`;
  if (!isWord(id, /^[\w-]{1,64}$/)) return "its id is not up to 64 letters, digits and hyphens";
  if (!isWord(at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/) || Number.isNaN(Date.parse(at)))
    return "its time is not RFC 3339 in UTC";
  if (!isWord(by, /^[^\p{Cc}]{1,200}$/u)) return "who asks is not a text of up to 200 letters";
  if (!isWord(run, /^[\w-]{1,64}$/)) return "its run is not a uid";
  const who = { id, at, by, run };
  if (act === "pause" || act === "cancel")
    return step === undefined ? { ...who, act } : `${act} is not about a step`;
  if (act !== "skip") return "its act is not pause, cancel or skip";
  if (!isWord(step, /^[^.\s]+\.[^.\s]+\.[^.\s]+$/)) return "its step is not `plan.phase.step`";
  return { ...who, act, step };
}

/** The last answer on an Instance, if it is one. */
export function answerOf(instance: KubeObject): RequestAnswer | undefined {
  const value = parsed(instance.metadata.annotations?.[ANNOTATION.requestAnswer] ?? "");
  if (!isMap(value)) return undefined;
  const { id, at, accepted, message } = value;
  if (typeof id !== "string" || typeof at !== "string") return undefined;
  if (typeof accepted !== "boolean" || typeof message !== "string") return undefined;
  return { id, at, accepted, message };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isWord(value: unknown, form: RegExp): value is string {
  return typeof value === "string" && form.test(value);
}
