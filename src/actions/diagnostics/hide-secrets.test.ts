import { expect, test } from "vitest";
import { hideSecrets, hideTexts, secretTexts } from "./hide-secrets.ts";

test.each<[string, unknown, unknown]>([
  [
    "a parameter",
    { parameters: { PASSWORD: "x", SIZE: "3" } },
    { parameters: { PASSWORD: "***", SIZE: "3" } },
  ],
  ["an empty one", { PASSWORD: "" }, { PASSWORD: "" }],
  [
    "a variable",
    [
      { name: "DB_TOKEN", value: "x" },
      { name: "A", value: "b" },
    ],
    [
      { name: "DB_TOKEN", value: "***" },
      { name: "A", value: "b" },
    ],
  ],
  [
    "a variable from a Secret",
    { name: "TOKEN", valueFrom: { secretKeyRef: { name: "s", key: "token" } } },
    { name: "TOKEN", valueFrom: { secretKeyRef: { name: "s", key: "token" } } },
  ],
  [
    "a default",
    { name: "ROOT_PASSWORD", default: "root", required: true },
    { name: "ROOT_PASSWORD", default: "***", required: true },
  ],
  ["a change", { name: "apiKey", from: "a", to: "b" }, { name: "apiKey", from: "***", to: "***" }],
  ["a name of a Secret", { secret: { secretName: "tls" } }, { secret: { secretName: "tls" } }],
  [
    "a copy",
    { "kudo.dev/last-applied-configuration": "{}" },
    { "kudo.dev/last-applied-configuration": "(left out)" },
  ],
])("%s", (_, value, expected) => {
  expect(hideSecrets(value)).toEqual(expected);
});

test("what is known to be secret is hidden wherever it stands", () => {
  const spec = {
    parameters: { PASSWORD: "correct horse", TOKEN: "short", SIZE: "not secret at all" },
  };
  const known = secretTexts({ apiVersion: "v1", kind: "Instance", metadata: { name: "i" }, spec });
  expect(known).toEqual(["correct horse"]);
  const container = {
    command: ["run", "--with=correct horse"],
    env: [{ name: "A", value: "correct horse" }],
  };
  expect(hideSecrets(container, known)).toEqual({
    command: ["run", "--with=***"],
    env: [{ name: "A", value: "***" }],
  });
  expect(hideTexts("logged in with correct horse\n", known)).toBe("logged in with ***\n");
});
