import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { parseDocument, stringify } from "yaml";
import { readStation } from "../../edge-agent/config/read.ts";
import { chips } from "./base.ts";

const example = readFileSync(join(import.meta.dirname, "../../deploy/station.example.yaml"), "utf8");
const options = { chips, today: "2026-11-22" };
const numRuns = 100;

/** Loads, or says why not with a place that is in the text and a message of one line. */
function holds(text: string): void {
  const read = readStation(text, options);
  if (!read.ok) assert.ok(read.errors.length > 0, "refused without a reason");
  const lines = text.split("\n").length;
  for (const { line, column, message, path } of [...(read.ok ? [] : read.errors), ...read.warnings]) {
    assert.ok(Number.isInteger(line) && line >= 1 && line <= lines + 1, `line ${line} of ${lines}`);
    assert.ok(Number.isInteger(column) && column >= 1, `column ${column}`);
    assert.match(message, /^[^\p{Cc}]+$/u); // one line, and no control codes for the terminal
    assert.match(path, /^[^\p{Cc}]*$/u);
    assert.ok(!/undefined|\[object|invalid (input|union)/i.test(message), `${path}: ${message}`);
  }
}

test("any text", () => {
  fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: "binary", maxLength: 200 })), holds), { numRuns });
});

const hostile = fc.constantFrom(
  "\t",
  "\0",
  "&a",
  "*a",
  "!!binary ",
  "<<: ",
  "? ",
  "- ",
  "{",
  "}",
  "[",
  "]",
  "\n",
  "\r",
  "---\n",
  "%YAML 1.1\n",
  "'",
  '"',
  "|",
  ": ",
  "#",
  "💥",
  "~",
  ".nan",
  "__proto__: ",
);

test("the example with characters lost, doubled or put in", () => {
  const slip = fc.record({ at: fc.nat(example.length), lost: fc.nat(20), put: fc.oneof(hostile, fc.string({ maxLength: 5 })) });
  fc.assert(
    fc.property(fc.array(slip, { minLength: 1, maxLength: 4 }), (slips) => {
      let text = example;
      for (const { at, lost, put } of slips) text = text.slice(0, at) + put + text.slice(at + lost);
      holds(text);
    }),
    { numRuns },
  );
});

test("the example with lines lost, doubled and moved", () => {
  const lines = example.split("\n");
  const move = fc.record({ from: fc.nat(lines.length - 1), to: fc.nat(lines.length - 1), count: fc.nat(5) });
  fc.assert(
    fc.property(fc.array(move, { minLength: 1, maxLength: 4 }), (moves) => {
      const text = [...lines];
      for (const { from, to, count } of moves) text.splice(to, count % 2, ...text.slice(from, from + count));
      holds(text.join("\n"));
    }),
    { numRuns },
  );
});

/** Every place in a value, as the path to it. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...path, Array.isArray(value) ? Number(key) : key]))];
}

test("the example with any value in any place", () => {
  const paths = places(parseDocument(example).toJS()).filter((path) => path.length > 0);
  const absurd = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(
      null,
      "",
      "unknown",
      "1 s",
      "-1 s",
      "1e400 s",
      0,
      -1,
      1e300,
      "runaway",
      "replay",
      { cell: "C07" },
      [],
      {},
      "constructor",
      "__proto__",
      "toString",
    ),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...paths), absurd), { minLength: 1, maxLength: 3 }), (changes) => {
      const document = parseDocument(example);
      for (const [path, value] of changes) if (document.hasIn(path)) document.setIn(path, document.createNode(value));
      holds(String(document));
    }),
    { numRuns },
  );
});

test("the example with any key lost, renamed or given twice", () => {
  const paths = places(parseDocument(example).toJS()).filter((path) => typeof path.at(-1) === "string");
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.oneof(fc.constant(undefined), fc.string(), fc.constantFrom("__proto__", "constructor", "id")), (path, name) => {
      const value = parseDocument(example).toJS();
      let holder = value;
      for (const step of path.slice(0, -1)) holder = holder[step];
      const key = String(path.at(-1));
      const kept = holder[key];
      delete holder[key];
      if (name !== undefined) Object.defineProperty(holder, name, { value: kept, enumerable: true, configurable: true, writable: true });
      holds(stringify(value));
    }),
    { numRuns },
  );
});
