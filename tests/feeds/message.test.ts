/** What strangers may put into a message: a number, or one bad reading that says why. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readPath } from "../../edge-agent/contracts/json-path.ts";
import { largest_Bytes, readMessage } from "../../edge-agent/feeds/message.ts";

const at = (written: string, channel = 0, factor = 1) => ({ channel, path: readPath(written) ?? [], written, factor, offset: 0 });
const read = (payload: string | Uint8Array, ...channels: ReturnType<typeof at>[]) =>
  readMessage({ topic: "cycler/ch7", channels: channels.length === 0 ? [at("$.V")] : channels }, Buffer.from(payload), 5);

test("channels share a message, each with its path and its unit", () => {
  assert.deepEqual(read('{"V": 3651.5, "I": {"A": -1.25}, "list": ["7"]}', at("$.V", 0, 1e-3), at("$.I.A", 1), at("$.list[0]", 2), at("$.T", 3)), [
    { channel: 0, at_s: 5, raw: 3.6515 },
    { channel: 1, at_s: 5, raw: -1.25 },
    { channel: 2, at_s: 5, raw: 7 },
    { channel: 3, at_s: 5, reason: "malformed", detail: "cycler/ch7: nothing stands at $.T in the message" },
  ]);
});

test("a bare number is a message; text at its end may be a bound", () => {
  assert.deepEqual(read(" 3.651\n", at("$")), [{ channel: 0, at_s: 5, raw: 3.651 }]);
  assert.deepEqual(read('">=1000"', at("$")), [{ channel: 0, at_s: 5, raw: 1000, bound: 1 }]);
});

const deep = (open: string, close: string, depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
const hostile: readonly (readonly [name: string, payload: string | Uint8Array, detail: RegExp])[] = [
  ["empty", "", /the message is empty/],
  ["NaN", '{"V":NaN}', /not JSON/],
  ["the text NaN", '{"V":"NaN"}', /\$\.V: found "NaN", which is no number/],
  ["beyond a number", '{"V":1e999}', /found Infinity, which is beyond any number/],
  ["beyond a number, as text", '{"V":"-1e999"}', /found "-1e999", which is no number/],
  ["hexadecimal", '{"V":"0x10"}', /no number/],
  ["null", '{"V":null}', /found null/],
  ["true", '{"V":true}', /found true/],
  ["a list", '{"V":[3.6]}', /found a list/],
  ["blank text", '{"V":" "}', /the text at \$\.V is blank/],
  ["line breaks and long text", JSON.stringify({ V: `a\nb\u0085${"x".repeat(1000)}` }), /found "a\\nb\?x{1,40}", which/],
  ["no UTF-8", Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), /not UTF-8/],
  ["no JSON", "V=3.65", /not JSON/],
  ["half a message", '{"V":3.6', /not JSON/],
  ["deep lists", deep("[", "]", 30_000), /nothing stands at/],
  ["deep objects", deep('{"V":', "}", 10_000), /found an object/],
  ["unclosed depth", "[".repeat(60_000), /not JSON/],
  ["too large", `{"V":1,"x":"${"x".repeat(largest_Bytes)}"}`, /a message of \d+ Bytes; at most 65536 are read/],
  ["another's prototype", '{"__proto__":{"V":1}}', /nothing stands at/],
];
for (const [name, payload, detail] of hostile)
  test(`${name}: one bad reading`, () => {
    const [reading, ...more] = read(payload);
    assert.ok(reading);
    assert.deepEqual([more.length, reading.raw, reading.reason], [0, undefined, "malformed"]);
    assert.match(reading.detail ?? "", detail);
    assert.match(reading.detail ?? "", /^cycler\/ch7: [^\n]{1,200}$/);
  });

test("any bytes and any JSON: a finite number or malformed, for every channel", () => {
  const channels = [at("$"), at("$.V", 1), at("$[0]", 2)];
  const check = (payload: Uint8Array) => {
    const readings = readMessage({ topic: "t", channels }, payload, 1);
    assert.deepEqual(
      readings.map(({ channel }) => channel),
      [0, 1, 2],
    );
    for (const { raw, reason } of readings) assert.ok(raw === undefined ? reason === "malformed" : Number.isFinite(raw) && reason === undefined);
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), check));
  fc.assert(fc.property(fc.json(), (text) => check(Buffer.from(text))));
});
