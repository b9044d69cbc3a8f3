import assert from "node:assert/strict";
import test from "node:test";
import { isFault } from "../../edge-agent/core/faults.ts";
import { Max31855Sim } from "../../edge-agent/sensors/max31855.sim.ts";
import { decodeMax31855 } from "../../edge-agent/sensors/max31855.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { planOf, spiBench } from "./bench.ts";

const word = (value: number) => Uint8Array.of(value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff);

/** 1/4 degC a step from bit 18, 1/16 from bit 4, two's complement; put together by hand. */
const rows: readonly [word: number, hot_degC: number, cold_degC: number][] = [
  [0x6400_7f00, 1600, 127],
  [0x3e80_6490, 1000, 100.5625],
  [0x064c_1900, 100.75, 25],
  [0x0190_0000, 25, 0],
  [0x0000_1900, 0, 25],
  [0xfffc_fff0, -0.25, -0.0625],
  [0xfff0_ec00, -1, -20],
  [0xf060_c900, -250, -55],
];
for (const [bits, hot_degC, cold_degC] of rows) {
  test(`MAX31855 0x${bits.toString(16).padStart(8, "0")} is ${hot_degC} degC, the chip at ${cold_degC} degC`, () => {
    const { temperature, cold_junction } = decodeMax31855(word(bits));
    assert.deepEqual([temperature.raw, cold_junction.raw], [hot_degC, cold_degC]);
    assert.equal(temperature.reason, cold_degC < -40 || cold_degC > 125 ? "operating-range" : undefined);
  });
}

const faulty: readonly [name: string, word: number, reason: string][] = [
  ["open", 0x7ffd_1901, "open-circuit"],
  ["on ground", 0x0191_1902, "short-circuit"],
  ["on the supply", 0x0191_1904, "short-circuit"],
];
for (const [name, bits, reason] of faulty) {
  test(`MAX31855: a thermocouple that is ${name} is ${reason}, and the chip's own temperature stays`, () => {
    const { temperature, cold_junction } = decodeMax31855(word(bits));
    assert.deepEqual([temperature.raw, temperature.reason, cold_junction.raw], [undefined, reason, 25]); // bits 0x190
  });
}

test("MAX31855: above every variant is a lower bound, below it no reading", () => {
  const above = decodeMax31855(word(0x7080_1900)).temperature; // 1800 degC
  assert.deepEqual([above.raw, above.reason], [1800, undefined]);
  const beyond = decodeMax31855(word(0x7084_1900)).temperature;
  assert.deepEqual([beyond.raw, beyond.bound, beyond.reason], [1800, 1, "saturated"]);
  const below = decodeMax31855(word(0xef1c_1900)).temperature;
  assert.deepEqual([below.raw, below.reason], [undefined, "out-of-range"]);
});

for (const [name, bits] of [
  ["all zeros", 0],
  ["all ones", 0xffff_ffff],
  ["reserved bit 17", 0x0192_1900],
  ["reserved bit 3", 0x0190_1908],
  ["a fault without its kind", 0x0191_1900],
  ["a kind without the fault", 0x0190_1901],
] as const) {
  test(`MAX31855: ${name} is no reading`, () => assert.throws(() => decodeMax31855(word(bits)), { code: "sensor/wrong-device" }));
}

test("MAX31855: of 30 000 random replies each is a fault, a reason, or within what a variant can give", () => {
  const random = seeded(3);
  let numbers = 0;
  for (let run = 0; run < 30_000; run++) {
    const reply = Uint8Array.from({ length: random() < 0.1 ? Math.floor(random() * 6) : 4 }, () => Math.floor(random() * 256));
    try {
      const { temperature } = decodeMax31855(reply);
      if (temperature.raw === undefined) assert.ok(temperature.reason && temperature.detail);
      else assert.ok(temperature.raw >= -270 && temperature.raw <= 1800 && ++numbers);
    } catch (error) {
      assert.ok(isFault(error), String(error));
    }
  }
  assert.ok(numbers > 150, `${numbers}`);
});

test("MAX31855: what the world is comes through, a quarter degree at a time", async () => {
  for (const mean of [-200, -0.25, 0.25, 85, 1372]) {
    const run = spiBench(planOf("max31855", 0.1), [], (clock) =>
      Object.assign(new Max31855Sim(clock, 3), { world: { ...new Max31855Sim(clock, 3).world, hot_degC: { mean, swing: 0, period_s: 1, noise: 0 } } }),
    );
    await run.clock.advance(20);
    const hot = run.readings.filter(({ channel, at_s }) => channel === 0 && at_s > 1);
    assert.ok(hot.length > 180 && hot.every(({ raw, reason }) => raw === mean && reason === undefined), `${mean}: ${hot[0]?.raw} ${hot[0]?.detail}`);
  }
});
