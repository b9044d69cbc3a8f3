/** Line protocol: what stands in a line, and what can never break out of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Entry } from "../../edge-agent/core/entry.ts";
import { fieldTypes } from "../../edge-agent/sinks/fields.ts";
import { lineEncoder } from "../../edge-agent/sinks/line-protocol.ts";
import { alarmEntry, estimateEntry, sampleEntry } from "../support/entries.ts";
import { replayChannel, station } from "../support/station.ts";

const encode = lineEncoder(station({ channels: [replayChannel("C1.t"), replayChannel("room.co2", { quantity: "co2", at: { station: true } })] }));
const stamp_ns = 1_790_000_000_123_456_789n;

/** Splits at what is not escaped and not in quotes. */
function split(text: string, at: string): string[] {
  const parts = [""];
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? "";
    if (char === "\\") {
      parts[parts.length - 1] += char + (text[++index] ?? "");
      continue;
    }
    if (char === '"') quoted = !quoted;
    if (char === at && !quoted) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}

test("a sample's line holds tags, fields and stamp as the data model says", () => {
  const full = sampleEntry({ stamp_ns, value: 25, raw: -0.1, bound: -1, quality: "uncertain", reason: "stuck" });
  assert.equal(
    encode(full),
    "sample,site=test-lab,station=bench,pack=C1,cell=C1,channel=C1.t temperature_degC=25,raw=-0.1,quality=1i,reason=3i,bound=-1i 1790000000123456789",
  );
  const none: Entry = { type: "sample", sample: { channel: "room.co2", at_s: 1, stamp_ns, bound: 0, quality: "bad", reason: "no-reply" } };
  assert.equal(encode(none), "sample,site=test-lab,station=bench,channel=room.co2 quality=0i,reason=8i,bound=0i 1790000000123456789");
});

test("what is no number never becomes one", () => {
  assert.doesNotMatch(encode(sampleEntry({ value: Number.NaN, raw: Number.POSITIVE_INFINITY })), /NaN|Infinity|degC|raw/);
  assert.doesNotMatch(encode(estimateEntry({ gas_mmol: { value: Number.NaN } })), /gas/);
  assert.throws(() => encode(sampleEntry({ channel: "nobody's" })), /not in the station file/);
  assert.throws(() => encode({ type: "agent", stamp_ns, agent: { at_s: 1, values: {} } }), /holds no value/);
});

test("a channel that the station has dropped or changed is written as what it was when it was measured", () => {
  const old = { ...sampleEntry({ channel: "old", value: 101.3 }), facts: { id: "old", quantity: "pressure", pack: "P9" } } as const;
  assert.match(encode(old), /^sample,site=test-lab,station=bench,pack=P9,channel=old pressure_kPa=101\.3,/);
  const volts = { ...sampleEntry({ value: 3.7 }), facts: { id: "C1.t", quantity: "voltage", cell: "C9" } } as const;
  assert.match(encode(volts), /^sample,site=test-lab,station=bench,cell=C9,channel=C1\.t voltage_V=3\.7,/);
  assert.match(encode(sampleEntry({ value: 25 })), /,pack=C1,cell=C1,channel=C1\.t temperature_degC=25,/, "and what has no facts as the station says");
});

test("a standing alarm is a row of the alarm; acknowledged says who has seen it", () => {
  const standing = encode({ ...alarmEntry({ state: "ack" }, stamp_ns), type: "standing" });
  assert.equal(
    standing,
    "alarm,site=test-lab,station=bench,id=vent:C1,alarm=vent,pack=C1,cell=C1 severity=3i,active=1i,state=2i,acknowledged=1i 1790000000123456789",
  );
});

test("no text breaks out of its tag or field, and every field has the type of the table", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.string(), fc.constantFrom("\\", "a\\", '"', "\n", "a=b,c d", "\r\n\0", "日本語", '\\"', "\ud800"));
  const number = fc.double();
  const entry: fc.Arbitrary<Entry> = fc.oneof(
    fc
      .record({ text, output: text, because: text })
      .map(({ text, output, because }) => ({ type: "event" as const, stamp_ns, event: { at_s: 1, event: "command" as const, text, output, because } })),
    fc.tuple(text, text).map(([id, channel]) => alarmEntry({ id, scope: { kind: "channel", id: channel, channel } }, stamp_ns)),
    fc.tuple(number, number).map(([value, u]) => ({ ...estimateEntry({ self_heating_K_per_min: { value, u }, p: { normal: u } }), stamp_ns }) as Entry),
    fc.tuple(text, number).map(([bus, reads]) => ({ type: "agent" as const, stamp_ns, agent: { at_s: 1, bus, values: { reads, read_faults: 0 } } })),
  );
  fc.assert(
    fc.property(entry, (entry) => {
      const line = encode(entry);
      assert.doesNotMatch(line, /\p{Cc}/u);
      const [head = "", fields = "", stamp, ...rest] = split(line, " ");
      assert.deepEqual([stamp, rest], [String(stamp_ns), []], line);
      const [measurement = "", ...tags] = split(head, ",");
      for (const tag of tags) assert.match(tag, /^[a-z]+=.+$/, line);
      const table = fieldTypes[measurement as keyof typeof fieldTypes] as Readonly<Record<string, string>>;
      for (const field of split(fields, ",")) {
        const [name = "", ...value] = split(field, "=");
        const written = value.join("=");
        const type = written.startsWith('"') ? "string" : /^-?\d+i$/.test(written) ? "integer" : "float";
        assert.equal(type, table[name], `${name} in ${line}`);
        if (type === "float") assert.ok(Number.isFinite(Number(written)), line);
      }
    }),
    { numRuns: 500 },
  );
});
