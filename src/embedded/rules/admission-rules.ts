import type { KindRules } from "../kinds/kind-rules.ts";
import { mapAt, mapsOf } from "./rule.ts";

/** Validating- and MutatingWebhookConfigurations. */
export const webhookRules: KindRules = {
  defaults: ({ webhooks }) => {
    for (const webhook of mapsOf(webhooks)) {
      webhook.failurePolicy ??= "Fail";
      webhook.matchPolicy ??= "Equivalent";
      mapAt(webhook, "namespaceSelector");
      mapAt(webhook, "objectSelector");
      webhook.timeoutSeconds ??= 10;
      for (const rule of mapsOf(webhook.rules)) rule.scope ??= "*";
      const config = mapAt(webhook, "clientConfig");
      if (config.service !== undefined) mapAt(config, "service").port ??= 443;
    }
  },
};
