import { expect, test } from "vitest";
import { soundsSecret } from "./secret-name.ts";

test.each([
  "PASSWORD",
  "MYSQL_ROOT_PASSWORD",
  "DB_PASS",
  "apiKey",
  "tls.key",
  "SSL_KEY",
  "CREDS",
  "AWS_ACCESS_KEY_ID",
])("%s sounds secret", (name) => {
  expect(soundsSecret(name)).toBe(true);
});

test.each(["COUNT", "BYPASS", "COMPASS_URL", "KEY", "KEYSPACE", "PARTITION_KEYS", "SACRED"])(
  "%s does not",
  (name) => {
    expect(soundsSecret(name)).toBe(false);
  },
);
