import { expect, test } from "vitest";
import type { KubeObject } from "./kube-object.ts";
import { ANNOTATION } from "./names.ts";
import { answerOf, parseRequest, requestOf, requestText } from "./request.ts";

const who = { id: "a-1", at: "2026-01-02T03:04:05.678Z", by: "anna@laptop", run: "u-1" };

test.each([
  { ...who, act: "pause" as const },
  { ...who, act: "cancel" as const },
  { ...who, act: "skip" as const, step: "deploy.nodes.galera" },
])("$act is read as it was written", (request) => {
  expect(parseRequest(requestText(request))).toEqual(request);
});

test.each([
  ["", "it is no JSON object"],
  ["cancel", "it is no JSON object"],
  ["[]", "it is no JSON object"],
  [JSON.stringify({ ...who, act: "stop" }), "its act is not pause, cancel or skip"],
  [JSON.stringify({ ...who, act: "skip" }), "its step is not `plan.phase.step`"],
  [JSON.stringify({ ...who, act: "skip", step: "galera" }), "its step is not `plan.phase.step`"],
  [JSON.stringify({ ...who, act: "cancel", step: "a.b.c" }), "cancel is not about a step"],
  [JSON.stringify({ ...who, act: "cancel", force: true }), 'it has a member "force"'],
  [
    JSON.stringify({ ...who, act: "cancel", id: "a b" }),
    "its id is not up to 64 letters, digits and hyphens",
  ],
  [JSON.stringify({ ...who, act: "cancel", at: "now" }), "its time is not RFC 3339 in UTC"],
  [
    JSON.stringify({ ...who, act: "cancel", by: "a\nb" }),
    "who asks is not a text of up to 200 letters",
  ],
  [JSON.stringify({ ...who, act: "cancel", run: 7 }), "its run is not a uid"],
])("%s: %s", (text, wrong) => {
  expect(parseRequest(text)).toBe(wrong);
});

test("an Instance without a request has none, and an answer that is no answer is none", () => {
  const instance = (annotations: Record<string, string>): KubeObject => ({
    apiVersion: "kudo.dev/v1beta1",
    kind: "Instance",
    metadata: { name: "db", annotations },
  });
  expect(requestOf(instance({}))).toBeUndefined();
  expect(requestOf(instance({ [ANNOTATION.request]: "" }))).toBeUndefined();
  expect(requestOf(instance({ [ANNOTATION.request]: "{" }))).toBe("it is no JSON object");
  expect(answerOf(instance({ [ANNOTATION.requestAnswer]: '{"id":"a"}' }))).toBeUndefined();
  const answer = { id: "a", at: who.at, accepted: false, message: "no" };
  expect(answerOf(instance({ [ANNOTATION.requestAnswer]: JSON.stringify(answer) }))).toEqual(
    answer,
  );
});
