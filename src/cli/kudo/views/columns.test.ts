import { expect, test } from "vitest";
import { columns } from "./columns.ts";

test("pads every cell, the last ones too, and puts tabs between", () => {
  expect(
    columns([
      ["NAME", "URL"],
      ["*community", "https://kudo.example"],
    ]),
  ).toBe("NAME      \tURL                 \n*community\thttps://kudo.example\n");
});

test("cuts what is wider than the limit", () => {
  expect(
    columns(
      [
        ["Name", "Default"],
        ["IMAGE", "registry.example.org/zookeeper:1.0-3.4.10"],
      ],
      { width: 35, wrap: false },
    ),
  ).toBe(
    "Name \tDefault                            \nIMAGE\tregistry.example.org/zookeeper:1...\n",
  );
});

test("or wraps it at spaces, with the other cells of the row left empty", () => {
  expect(
    columns(
      [
        ["Name", "Descriptions"],
        ["A", "Should be an odd number, at least 3"],
      ],
      { width: 20, wrap: true },
    ),
  ).toBe("Name\tDescriptions        \nA   \tShould be an odd    \n    \tnumber, at least 3  \n");
});

test("has a line for an empty cell", () => {
  expect(columns([["a"], [""]])).toBe("a\n \n");
});
