import { isMap } from "../model/json.ts";
import type { Conversion, Fields } from "./conversion.ts";
import { mapsIn, withDefaults } from "./fields.ts";

/** What v1beta1 meant by saying nothing; v1 means otherwise, or wants it said. */
const SILENCE: Fields = {
  failurePolicy: "Ignore",
  matchPolicy: "Exact",
  timeoutSeconds: 30,
  admissionReviewVersions: ["v1beta1"],
};
const WITHOUT_EFFECTS = ["None", "NoneOnDryRun"];

/** admissionregistration.k8s.io/v1beta1 → v1: what was left unsaid is written out; a webhook must say that a dry run does nothing through it. */
export const webhookConfiguration: Conversion = (object) => {
  const webhooks = mapsIn(object, "webhooks");
  for (const { name, sideEffects } of webhooks)
    if (!WITHOUT_EFFECTS.includes(String(sideEffects)))
      return {
        problem: `webhook ${String(name)} has sideEffects ${sideEffects === undefined ? "Unknown" : String(sideEffects)}, which v1 does not take`,
        hint: "if a dry run does nothing through it, write sideEffects: None",
      };
  const isSilent = webhooks.some((webhook) =>
    Object.keys(SILENCE).some((field) => webhook[field] === undefined),
  );
  return {
    object: {
      ...object,
      ...(Array.isArray(object.webhooks) && {
        webhooks: object.webhooks.map((webhook: unknown) =>
          isMap(webhook) ? withDefaults(webhook, SILENCE) : webhook,
        ),
      }),
    },
    notes: isSilent
      ? [
          "what its webhooks leave unsaid is written out as v1beta1 meant it: failurePolicy Ignore, matchPolicy Exact, 30 s",
        ]
      : [],
  };
};
