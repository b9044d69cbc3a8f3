import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readPath, valueAt } from "../../edge-agent/contracts/json-path.ts";

const message = JSON.parse('{"V":3.65,"cell":{"V":1,"I":[10,[20]]},"cell V":2,"it\'s":3,"größe":4,"__proto__":{"a":5},"":6,"null":null}');

for (const [path, found] of [
  ["$", message],
  ["$.V", 3.65],
  ["$.cell.V", 1],
  ["$.cell.I[0]", 10],
  ["$.cell['I'][1][0]", 20],
  ["$['cell V']", 2],
  ['$["it\'s"]', 3],
  ["$.größe", 4],
  ["$.__proto__.a", 5],
  ["$.null", null],
  ["$.none", undefined],
  ["$.null.a", undefined],
  ["$.cell.I[2]", undefined],
  ["$.cell.I.length", undefined],
  ["$.V.toFixed", undefined],
  ["$.constructor", undefined],
  ["$.cell[0]", undefined],
] as const)
  test(`${path} of a message`, () => {
    const steps = readPath(path);
    assert.ok(steps);
    assert.deepEqual(valueAt(message, steps), found);
  });

test("what is no such path is refused, not guessed at", () => {
  for (const text of [
    "",
    "V",
    "$V",
    "$.",
    "$..V",
    "$[",
    "$[-1]",
    "$[0:1]",
    "$[*]",
    "$.*",
    "$[?(@.a)]",
    "$['']",
    "$['a\\'b']",
    "$.a b",
    "$ ",
    "$.a.",
    "$.cell[1e3]",
  ])
    assert.equal(readPath(text), undefined, text);
});

test("whatever is written as a path or a message, there is an answer", () => {
  fc.assert(
    fc.property(
      fc.string().map((text) => `$${text}`),
      fc.jsonValue(),
      (text, value) => {
        const steps = readPath(text);
        if (steps !== undefined) valueAt(value, steps);
      },
    ),
  );
});

test("a quoted name finds the key of that name", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }).filter((name) => !/['\\]/.test(name)),
      (name) => {
        const steps = readPath(`$['${name}']`);
        assert.ok(steps);
        assert.equal(valueAt({ [name]: 1, other: 2, ...(name === "__proto__" && JSON.parse('{"__proto__":1}')) }, steps), 1);
      },
    ),
  );
});
