import { expect, test } from "vitest";
import { lineReader, logStart, sinceTimeOf } from "./log-place.ts";

/** What is read of one connection after the other. */
function read(...connections: string[][]): (string | undefined)[][] {
  const place = logStart();
  return connections.map((lines) => {
    const next = lineReader(place);
    return lines.map((line) => next(line)).filter((text) => text !== undefined);
  });
}

const T = "2026-01-01T00:00:0";

test("a second connection gives what the first did not", () => {
  expect(
    read([`${T}1.5Z a`, `${T}1.50Z b`], [`${T}1.5Z a`, `${T}1.500000000Z b`, `${T}1.500000001Z c`]),
  ).toEqual([["a", "b"], ["c"]]);
});

test("lines of the same time are counted, in any zone and with any number of digits", () => {
  expect(
    read([`${T}1Z a`], [`${T}1.0Z a`, `${T}1Z b`], ["2026-01-01T02:00:01+02:00 a", `${T}1Z b`]),
  ).toEqual([["a"], ["b"], []]);
});

test("a clock that goes back loses nothing of a connection", () => {
  expect(read([`${T}5Z a`, `${T}3Z b`, `${T}4Z c`])).toEqual([["a", "b", "c"]]);
});

test("empty lines are lines, and the kubelet's own words are not", () => {
  expect(read([`${T}5Z `, "unable to retrieve container logs for containerd://0"])).toEqual([[""]]);
});

test("reading on begins with the second of the last line", () => {
  const place = logStart();
  expect(sinceTimeOf(place)).toBeUndefined();
  lineReader(place)(`${T}7.999999999Z a`);
  expect(sinceTimeOf(place)).toBe("2026-01-01T00:00:07Z");
});
