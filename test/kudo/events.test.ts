import { expect, test } from "vitest";
import { embeddedStage } from "./embedded-stage.ts";
import { kudoPackage } from "./story.ts";

const stage = embeddedStage("events");

test("7.4 [T] events of an Instance tell when its plans start and how they finish", async () => {
  const { run, list } = await stage();
  const told = async () =>
    (await list("/api/v1", "events"))
      .filter(({ involvedObject }) => involvedObject.kind === "Instance")
      .map(({ type, reason, message, involvedObject }) => [
        involvedObject.name,
        type,
        reason,
        message,
      ]);
  await run(["install", kudoPackage("switch"), "--instance", "s"]);
  expect(await told()).toEqual([
    ["s", "Normal", "PlanStarted", "Execution of plan deploy started"],
    ["s", "Normal", "PlanFinished", "Execution of plan deploy finished with status COMPLETE"],
  ]);
  await run(["update", "--instance", "s", "-p", "DISK=20Gi"]);
  expect((await told()).slice(2)).toEqual([
    ["s", "Normal", "PlanStarted", "Execution of plan not-allowed started"],
    [
      "s",
      "Normal",
      "PlanFinished",
      "Execution of plan not-allowed finished with status FATAL_ERROR",
    ],
  ]);
});
