import { expect, test } from "vitest";
import { parseAnswer } from "./parse-answer.ts";

test.each<[string, string, object]>([
  [
    "a JSON object",
    '{"state": 4, "ready": true, "uuid": "a-b", "last": null}\n',
    {
      state: 4,
      ready: true,
      uuid: "a-b",
      last: null,
    },
  ],
  ["JSON over lines", '{\n  "state": 4\n}', { state: 4 }],
  [
    "lines",
    "wsrep_cluster_size\t3\nwsrep_ready\tON\n",
    { wsrep_cluster_size: 3, wsrep_ready: "ON" },
  ],
  ["lines of Windows", "a\t1\r\nb\t2\r\n", { a: 1, b: 2 }],
  ["empty lines between", "a\t1\n\nb\t2", { a: 1, b: 2 }],
  ["decimals", "a\t0.25\nb\t-1\nc\t1e-3", { a: 0.25, b: -1, c: 0.001 }],
  [
    "texts that only look like numbers",
    "a\t007\nb\t1.\nc\t0x10\nd\t+1",
    {
      a: "007",
      b: "1.",
      c: "0x10",
      d: "+1",
    },
  ],
  [
    "more digits than a number holds",
    "seqno\t18446744073709551615",
    {
      seqno: "18446744073709551615",
    },
  ],
  ["an empty value", "a\t", { a: "" }],
  ["a value with TABs", "a\tb\tc", { a: "b\tc" }],
  ["a name with spaces", "Master Server Id\t1", { "Master Server Id": 1 }],
  ["the same said twice", "a\t1\na\t1", { a: 1 }],
  [
    "names of JavaScript",
    "__proto__\t1\nconstructor\t2",
    JSON.parse('{"__proto__": 1, "constructor": 2}'),
  ],
])("%s", (_, output, values) => {
  expect(parseAnswer(output)).toEqual({ values });
});

test.each([
  ["nothing", "", "it printed nothing"],
  ["blanks", " \n\n", "it printed nothing"],
  ["broken JSON", '{"a": ', "it printed something that begins like JSON and is none"],
  ["a list in JSON", '{"a": [1]}', "its value of a is a list, not a text or a number"],
  ["a map in JSON", '{"a": {}}', "its value of a is a map, not a text or a number"],
  [
    "an error message",
    "ERROR 2002 (HY000): no socket",
    "it printed a line that is not name TAB value: ERROR 2002 (HY000): no socket",
  ],
  ["a line without a name", "\t1", "it printed a line that is not name TAB value: \t1"],
  ["two truths", "a\t1\na\t2", "it printed two values of a"],
])("no answer: %s", (_, output, trouble) => {
  expect(parseAnswer(output)).toEqual({ trouble });
});
