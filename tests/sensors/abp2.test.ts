import assert from "node:assert/strict";
import test from "node:test";
import { isFault } from "../../edge-agent/core/faults.ts";
import { Abp2Sim } from "../../edge-agent/sensors/abp2.sim.ts";
import { abp2, decodeAbp2 } from "../../edge-agent/sensors/abp2.ts";
import { fullScale_kPa } from "../../edge-agent/sensors/honeywell.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { bench, planOf } from "./bench.ts";

const three = (counts: number) => [counts >> 16, (counts >> 8) & 0xff, counts & 0xff];
const reply = (pressure: number, temperature = 6_291_456, status = 0x40) => Uint8Array.of(status, ...three(pressure), ...three(temperature));

/** Full scale in Pa of every range of the station file, as Linux' abp2030pa lists them. */
const pascals: Readonly<Record<string, number>> = {
  "015PA": 103_421,
  "030PA": 206_843,
  "060PA": 413_685,
  "100PA": 689_476,
  "150PA": 1_034_214,
  "175PA": 1_206_583,
  "001BA": 100_000,
  "1.6BA": 160_000,
  "2.5BA": 250_000,
  "004BA": 400_000,
  "006BA": 600_000,
  "008BA": 800_000,
  "010BA": 1_000_000,
  "012BA": 1_200_000,
  "100KA": 100_000,
  "160KA": 160_000,
  "250KA": 250_000,
};

test("ABP2: the range of the part number is what the maker's table says", () => {
  assert.deepEqual(abp2.options.range, { choices: Object.keys(pascals) });
  for (const [range, Pa] of Object.entries(pascals)) assert.ok(Math.abs(fullScale_kPa(range) - Pa / 1000) < 0.001, range);
});

/** The data sheet's formulas at both ends and in the middle. */
const rows: readonly [pressure: number, kPa: number, temperature: number, degC: number][] = [
  [1_677_722, 0, 1, -50],
  [8_388_608, 500, 8_388_608, 50],
  [15_099_494, 1000, 16_777_215, 150],
];
for (const [counts, kPa, warm, degC] of rows) {
  test(`ABP2 010BA: ${counts} counts are ${kPa} kPa, ${warm} are ${degC} degC`, () => {
    const { pressure, temperature } = decodeAbp2(reply(counts, warm), fullScale_kPa("010BA"));
    assert.ok(Math.abs((pressure.raw ?? Number.NaN) - kPa) < 1e-4 && pressure.reason === undefined, `${pressure.raw}`);
    assert.ok(Math.abs((temperature.raw ?? Number.NaN) - degC) < 2e-5, `${temperature.raw}`);
  });
}

test("ABP2: beyond full scale is a lower bound, less than a vacuum is no reading", () => {
  const beyond = decodeAbp2(reply(15_099_495), 100).pressure;
  assert.deepEqual([beyond.raw, beyond.bound, beyond.reason], [100, 1, "saturated"]);
  const none = decodeAbp2(reply(1_677_721), 100).pressure;
  assert.deepEqual([none.raw, none.reason], [undefined, "out-of-range"]);
});

test("ABP2: an overflow in the part's arithmetic is pressure beyond its range, unless the counts are at the low end; the temperature is none", () => {
  for (const [counts, expected] of [
    [16_777_215, [100, 1, "saturated"]],
    [8_388_608, [100, 1, "saturated"]],
    [0, [undefined, undefined, "out-of-range"]],
  ] as const) {
    const { pressure, temperature } = decodeAbp2(reply(counts, 8_388_608, 0x41), 100);
    assert.deepEqual([pressure.raw, pressure.bound, pressure.reason], expected, `${counts}`);
    assert.deepEqual([temperature.raw, temperature.reason], [undefined, "out-of-range"]);
  }
});

test("ABP2: every status byte but 0x40 and an overflow is a fault, and so are zeros under 0x40", () => {
  for (let status = 0; status < 256; status++) {
    if (status === 0x41) continue;
    if (status === 0x40) assert.ok(decodeAbp2(reply(8_388_608, 8_388_608, status), 100).pressure.raw);
    else assert.throws(() => decodeAbp2(reply(8_388_608, 8_388_608, status), 100), isFault);
  }
  for (const zeros of [reply(0), reply(8_388_608, 0), reply(0, 0)])
    assert.throws(() => decodeAbp2(zeros, 100), { code: "sensor/malformed", message: /latch-up/ });
});

test("ABP2: of 100 000 random replies each is a fault, a reason, or within the part's range", () => {
  const random = seeded(2);
  for (let run = 0; run < 100_000; run++) {
    const bytes = Uint8Array.from({ length: random() < 0.1 ? Math.floor(random() * 9) : 7 }, () => Math.floor(random() * 256));
    if (run % 2 && bytes.length > 0) bytes[0] = 0x40;
    try {
      const { pressure, temperature } = decodeAbp2(bytes, 100);
      assert.ok(pressure.raw === undefined ? pressure.reason === "out-of-range" : pressure.raw >= 0 && pressure.raw <= 100);
      assert.ok(temperature.raw === undefined ? temperature.reason === "out-of-range" : temperature.raw >= -50 && temperature.raw <= 150);
    } catch (error) {
      assert.ok(isFault(error), String(error));
    }
  }
});

const still = (mean: number) => ({ mean, swing: 0, period_s: 1, noise: 0 });
const withChip = async (set: (chip: Abp2Sim) => void) => {
  let chip: Abp2Sim | undefined;
  const run = bench(planOf("abp2", 1, { range: "010BA" }), [], (clock) => {
    chip = new Abp2Sim(clock, 3, 1000);
    set(chip);
    return chip;
  });
  await run.clock.advance(20);
  assert.equal(run.failure(), undefined);
  return { ...run, chip };
};

test("ABP2: what the world is comes through, at both ends", async () => {
  for (const [kPa, degC] of [
    [0.1, -40],
    [101.3, 25],
    [999.9, 110],
  ] as const) {
    const { readings } = await withChip((chip) => Object.assign(chip.world, { pressure_kPa: still(kPa), temperature_degC: still(degC) }));
    assert.equal(readings.length, 2 * 20);
    for (const { channel, raw = Number.NaN, reason } of readings)
      assert.ok(reason === undefined && Math.abs(raw - (channel === 0 ? kPa : degC)) < 0.001, `${channel}: ${raw} ${reason}`);
  }
});

test("ABP2: damaged memory gives a reason alone, an overflow and what is beyond its range a bound", async () => {
  const { readings: damaged } = await withChip((chip) => Object.assign(chip, { trouble: 4 }));
  assert.ok(damaged.length > 0 && damaged.every(({ raw, reason }) => raw === undefined && reason === "checksum"));
  const { readings: overflowed } = await withChip((chip) => Object.assign(chip, { trouble: 1 }));
  assert.ok(overflowed.length > 0);
  for (const { channel, raw, bound, reason } of overflowed)
    assert.deepEqual([raw, bound, reason], channel === 0 ? [1000, 1, "saturated"] : [undefined, undefined, "out-of-range"]);
  const { readings } = await withChip((chip) => Object.assign(chip.world, { pressure_kPa: still(1100) }));
  assert.ok(readings.filter(({ channel }) => channel === 0).every(({ raw, bound }) => raw === 1000 && bound === 1));
});

test("ABP2: a latched-up part gives no number until it is powered down and up", async () => {
  const { readings, chip, clock } = await withChip((made) => Object.assign(made, { latchedUp: true }));
  assert.ok(
    readings.length > 0 && readings.every(({ raw, reason, detail }) => raw === undefined && reason === "malformed" && detail?.includes("power the part down")),
  );
  chip?.powerCycle();
  await clock.advance(40);
  assert.ok(readings.slice(-2).every(({ raw }) => raw !== undefined));
});
