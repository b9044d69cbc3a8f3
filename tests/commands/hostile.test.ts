/** What no client of ours would send. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { command, rig, say } from "./rig.ts";

const rows: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
  ["no JSON", "hello\n", /not a command: send one JSON object per line/],
  ["an empty line", "\n", /not a command/],
  ["an HTTP request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", /not a command/],
  ["JSON that is no object", "[1]\n", /command: found a list; write a map/],
  ["null", "null\n", /command: /],
  ["deep nesting", `${"[".repeat(15_000)}\n`, /not a command/],
  ["deep nesting that is whole", `${"[".repeat(8000)}${"]".repeat(8000)}\n`, /command: found a list/],
  ["thousands of unknown keys", `${JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, key) => [`k${key}`, 0])))}\n`, /more than 32 keys/],
  ["thousands of arguments", `{"args":${JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, key) => [`k${key}`, 0])))}}\n`, /more than 32 keys/],
  ["a prototype", '{"__proto__":{"v":1},"constructor":1}\n', /command\/refused: /],
  ["bytes that are no text", Uint8Array.of(0xff, 0xfe, 0x00, 0x0a), /not a command/],
  ["half a line", '{"v":1', /half a command of 6 Bytes: it must end with a newline/],
  ["a line of 16 KiB and one byte", "x".repeat(16_385), /a command is one line of at most 16384 Bytes/],
  ["a line without end", Buffer.alloc(3_000_000, 0x20), /a command is one line of at most 16384 Bytes/],
];

for (const [name, sent, expected] of rows) {
  test(`${name}: one clear reply, and the connection ends`, async (t) => {
    const { path, clock, log } = await rig(t);
    const replies = await say(path, sent, ...(name.startsWith("half") ? [] : [command(clock)]));
    assert.equal(replies.length, 1);
    assert.equal(replies[0]?.ok, false);
    assert.match(replies[0]?.text ?? "", expected);
    assert.deepEqual(log, []);
  });
}

test("the reply to a malformed command carries its id where it has one", async (t) => {
  const { path } = await rig(t);
  assert.equal((await say(path, '{"id":"mine"}\n'))[0]?.id, "mine");
});

test("a whole command may come byte by byte, or several in one piece", async (t) => {
  const { path, clock } = await rig(t);
  assert.equal((await say(path, ...command(clock)))[0]?.ok, true);
  assert.equal((await say(path, command(clock) + command(clock) + command(clock))).length, 3);
});

test("random bytes in random pieces never get in and never shut the door", async (t) => {
  const { path, clock, log } = await rig(t);
  const near = fc.constantFrom('{"v":1,', '"id":"a"', "}\n", "\n", '{"v":1,"id":"x","verb":"arm"}\n');
  const pieces = fc.array(fc.oneof(fc.uint8Array({ maxLength: 64 }), near), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(pieces, async (chunks) => {
      const replies = await say(path, ...chunks);
      assert.ok(replies.length <= 1);
      assert.ok(replies.every(({ ok, text }) => !ok && text.startsWith("command/refused: ")));
      if (chunks.some((chunk) => chunk.length > 0)) assert.equal(replies.length, 1);
    }),
    { numRuns: 300 },
  );
  assert.deepEqual(log, []);
  assert.equal((await say(path, command(clock)))[0]?.ok, true);
});
