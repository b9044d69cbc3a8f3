/** Blobs give back exactly what was put in, and nothing but an error when a bit has changed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { reasonNames } from "../../edge-agent/core/reasons.ts";
import { qualities, type Sample } from "../../edge-agent/core/sample.ts";
import { decodeEntries, decodeSamples, encodeEntries, encodeSamples } from "../../edge-agent/spool/blob.ts";
import { emptyBlock, putSample, sampleAt } from "../../edge-agent/spool/block.ts";
import { alarmEntry, estimateEntry, eventEntry } from "../support/entries.ts";

const names = ["C1.t", "P1.co2", "C1.voltage", "C2.t"];

const decimal = fc.tuple(fc.integer({ min: -(10 ** 6), max: 10 ** 6 }), fc.integer({ min: 0, max: 9 })).map(([n, k]) => n / 10 ** k);
const awkward = fc.constantFrom(
  0,
  -0,
  5e-324,
  -5e-324,
  2.2e-308,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  2 ** 53,
  -(2 ** 53),
  2 ** 53 + 2,
  1e21,
  0.1 + 0.2,
  1 / 3,
);
const number = fc.oneof(decimal, awkward, fc.double({ noNaN: true, noDefaultInfinity: true }));
const stamp = fc.oneof(fc.bigInt({ min: 1_700_000_000_000_000_000n, max: 1_700_000_900_000_000_000n }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
const sample: fc.Arbitrary<Sample> = fc
  .record({
    channel: fc.constantFrom(...names),
    at_s: fc.oneof(
      fc.integer({ min: 0, max: 2 ** 50 }).map((ns) => ns / 1e9),
      number,
    ),
    stamp_ns: stamp,
    value: fc.option(number, { nil: undefined }),
    raw: fc.option(number, { nil: undefined }),
    same: fc.boolean(),
    bound: fc.constantFrom(-1 as const, 0 as const, 1 as const),
    quality: fc.constantFrom(...qualities),
    reason: fc.constantFrom(...reasonNames),
  })
  .map(({ value, raw, same, ...rest }) => ({
    ...rest,
    ...(value === undefined ? undefined : { value }),
    ...(same && value !== undefined ? { raw: value } : raw === undefined ? undefined : { raw }),
  }));

const blockOf = (samples: readonly Sample[]) => {
  const block = emptyBlock(samples.length);
  for (const sample of samples) putSample(block, names.indexOf(sample.channel), sample);
  return block;
};
const samplesOf = (bytes: Uint8Array): Sample[] => {
  const block = decodeSamples(bytes);
  return Array.from({ length: block.count }, (_, row) => sampleAt(block, row, (channel) => names[channel] ?? ""));
};

test("samples come back bit for bit, in order", () => {
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 60 }), (samples) => {
      // strict equality tells -0 from 0
      assert.deepStrictEqual(samplesOf(encodeSamples(blockOf(samples))), samples);
    }),
    { numRuns: 400 },
  );
});

test("a channel of short decimals on a steady beat takes a few bytes a sample", () => {
  const samples = Array.from({ length: 8192 }, (_, n): Sample => {
    const value = Math.round(25e3 + 40 * Math.sin(n / 300)) / 1e3;
    return {
      channel: names[n % 4] ?? "",
      at_s: n / 40,
      stamp_ns: 1_700_000_000_000_000_000n + BigInt(n) * 25_000_000n,
      value,
      raw: value,
      bound: 0,
      quality: "good",
      reason: "none",
    };
  });
  const bytes = encodeSamples(blockOf(samples)).length;
  assert.ok(bytes < samples.length * 2, `${bytes / samples.length} bytes/sample`);
});

test("any changed byte of a blob is noticed", () => {
  const bytes = encodeSamples(
    blockOf(Array.from({ length: 50 }, (_, n) => ({ channel: "C1.t", at_s: n, stamp_ns: BigInt(n), value: n / 3, bound: 0, quality: "good", reason: "none" }))),
  );
  for (let at = 0; at < bytes.length; at++) {
    for (const bit of [0x01, 0x80]) {
      const wrong = Buffer.from(bytes);
      wrong[at] = (wrong[at] ?? 0) ^ bit;
      assert.throws(() => decodeSamples(wrong), `byte ${at}`);
    }
  }
  for (let length = 0; length < bytes.length; length++) assert.throws(() => decodeSamples(bytes.subarray(0, length)), `cut at ${length}`);
});

test("alarms, events, estimates and health come back with their stamps", () => {
  const entries = [
    alarmEntry(),
    eventEntry('line\nbreak, "quotes" and 日本語'),
    estimateEntry({ p: { normal: 0.25 }, gas_mmol: { value: 1e-7, u: 3 } }),
    { type: "agent" as const, stamp_ns: 2n ** 62n, agent: { at_s: 1, bus: "i2c-1", values: { reads: 3 } } },
    { ...alarmEntry(), type: "standing" as const },
  ];
  assert.deepStrictEqual(decodeEntries(encodeEntries(entries)), entries);
  assert.throws(() => decodeSamples(encodeEntries(entries)), /unknown blob format/);
});
