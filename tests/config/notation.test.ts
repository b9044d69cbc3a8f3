import assert from "node:assert/strict";
import { test } from "node:test";
import { stringify } from "yaml";
import { base, linesOf } from "./base.ts";

const good = stringify(base(), { aliasDuplicateObjects: false });

test("the base station is silent", () => {
  assert.deepEqual(linesOf(good), []);
});

const rows: [name: string, text: string, expected: string | RegExp][] = [
  ["empty", "", "1:1: the file is empty; begin with deploy/station.example.yaml"],
  ["only blanks", " \n\n", "1:1: the file is empty; begin with deploy/station.example.yaml"],
  ["only comments", "# later\n", "1:1: the file holds only comments; begin with deploy/station.example.yaml"],
  ["binary", "version: 1\0", "1:1: this is not a text file"],
  ["huge", "# ".padEnd(1_000_001, "x"), "1:1: the file is larger than 1000000 Bytes; is it a station file?"],
  ["tab as indent", "cells:\n\t- id: C1\n", "2:1: a tab is used as indent; write spaces"],
  ["open quote", 'version: 1\nsite: "lab\n', /^\d+:\d+: this is not YAML here: Missing closing "quote/],
  ["a tag", good.replace("site: lab", "site: !secret lab"), "2:7: tags (!…) are not used in a station file; remove it"],
  ["another version of YAML", `%YAML 1.1\n---\n${good}`, "1:1: a station file needs no %YAML line; remove it"],
  [
    "terminal codes in a value",
    good.replace("site: lab", 'site: "\\e[31m\\x9b"'),
    String.raw`2:7: site: found "\u{1b}[31m\u{9b}"; write 1 to 32 of a-z, 0-9 and -`,
  ],
  ["a second document", `${good}---\nversion: 1\n`, /^\d+:1: a second document begins here; a station file holds one: remove the line ---$/],
  ["a key twice", good.replace("site: lab", "site: lab\nsite: lab2"), '3:1: the key "site" stands here and on line 2; keep one'],
  ["a list at the top", "- version: 1\n", "1:1: found a list; write a map (key: value)"],
  ["a word at the top", "station\n", '1:1: found "station"; write a map (key: value)'],
  ["an alias of nothing", good.replace("site: lab", "site: *lab"), "2:7: no anchor &lab stands before this alias"],
  ["an alias of itself", good.replace("site: lab", "site: &a [ *a ]"), "2:12: *a holds itself; write the value out"],
  ["an alias bomb", "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", /^3:8: \*b holds further aliases; write the value out$/],
  ["many aliases", `a: &a x\nb: [${"*a, ".repeat(101)}]\n`, /^2:\d+: more than 100 aliases; write the values out$/],
  ["nested without end", "[".repeat(200_000), /^1:\d+: lists or maps are nested too deeply to be read$/],
  ["a null document", "~\n", "1:1: found nothing; write a map (key: value)"],
];
for (const [name, text, expected] of rows) {
  test(name, () => {
    const [first = ""] = linesOf(text);
    if (typeof expected === "string") assert.equal(first, expected);
    else assert.match(first, expected);
  });
}

test("what follows a repeated key is still checked", () => {
  const lines = linesOf(good.replace("site: lab", "site: lab\nsite: lab\ncolour: red"));
  assert.equal(lines.length, 2);
});

test("Windows line ends and a byte order mark change no position", () => {
  const text = good.replace("site: lab", "site: Lab");
  assert.deepEqual(linesOf(text.replaceAll("\n", "\r\n")), linesOf(text));
});

test("an anchor that is used as a calibration block is read", () => {
  const text = good
    .replace("    essential: true\n", "    essential: true\n    calibration: &cal { id: A, date: 2026-01-01 }\n")
    .replace("    every: 5 s\n", "    every: 5 s\n    calibration: *cal\n");
  assert.deepEqual(linesOf(text), []);
});

test("twenty thousand unknown keys are each said", () => {
  const text = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join("\n");
  assert.equal(linesOf(text).filter((line) => line.includes("unknown key")).length, 20_000);
});
