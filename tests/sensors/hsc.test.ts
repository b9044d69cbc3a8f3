import assert from "node:assert/strict";
import test from "node:test";
import { isFault } from "../../edge-agent/core/faults.ts";
import { fullScale_kPa } from "../../edge-agent/sensors/honeywell.ts";
import { HscSim } from "../../edge-agent/sensors/hsc.sim.ts";
import { decodeHsc, type HscFunction, hsc } from "../../edge-agent/sensors/hsc.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { bench, planOf } from "./bench.ts";

/** Status, counts of pressure, counts of temperature, as the wire has them. */
const reply = (pressure: number, temperature = 768, status = 0) =>
  Uint8Array.of((status << 6) | (pressure >> 8), pressure & 0xff, temperature >> 3, (temperature & 7) << 5);

/** Full scale in Pa of every range of the station file, as Linux' hsc030pa lists them. */
const pascals: Readonly<Record<string, number>> = {
  "015PA": 103_421,
  "030PA": 206_843,
  "060PA": 413_685,
  "100PA": 689_476,
  "150PA": 1_034_214,
  "001BA": 100_000,
  "1.6BA": 160_000,
  "2.5BA": 250_000,
  "004BA": 400_000,
  "006BA": 600_000,
  "010BA": 1_000_000,
  "100KA": 100_000,
  "160KA": 160_000,
  "250KA": 250_000,
  "400KA": 400_000,
  "600KA": 600_000,
  "001GA": 1_000_000,
};

test("HSC: the range of the part number is what the maker's table says", () => {
  assert.deepEqual(hsc.options.range, { choices: Object.keys(pascals) });
  for (const [range, Pa] of Object.entries(pascals)) assert.ok(Math.abs(fullScale_kPa(range) - Pa / 1000) < 0.001, range);
  assert.throws(() => fullScale_kPa("030PG"), TypeError);
});

/** The data sheet's formula at both ends of each transfer function, and 16384 counts' halves. */
const rows: readonly [letter: HscFunction, counts: number, kPa: number][] = [
  ["A", 1638, 0],
  ["A", 8192, 103.4214],
  ["A", 14_746, 206.8427],
  ["B", 819, 0],
  ["B", 15_565, 206.8427],
  ["C", 819, 0],
  ["C", 13_926, 206.8427],
  ["F", 655, 0],
  ["F", 15_401, 206.8427],
];
for (const [letter, counts, kPa] of rows) {
  test(`HSC 030PA, function ${letter}: ${counts} counts are ${kPa} kPa`, () => {
    const { pressure } = decodeHsc(reply(counts), letter, fullScale_kPa("030PA"));
    assert.ok(Math.abs((pressure.raw ?? Number.NaN) - kPa) < 1e-4 && pressure.reason === undefined, `${pressure.raw}`);
  });
}

test("HSC: temperature is 200 degC over 2047 counts from -50, and the last five bits mean nothing", () => {
  for (const [counts, degC] of [
    [0, -50],
    [2047, 150],
    [768, 25.0366],
  ] as const) {
    const bytes = reply(8192, counts);
    bytes[3] = (bytes[3] ?? 0) | 0x1f;
    assert.ok(Math.abs((decodeHsc(bytes, "A", 100).temperature.raw ?? Number.NaN) - degC) < 1e-4);
  }
});

test("HSC: beyond full scale is a lower bound, less than a vacuum is no reading", () => {
  const beyond = decodeHsc(reply(14_747), "A", 100).pressure;
  assert.deepEqual([beyond.raw, beyond.bound, beyond.reason], [100, 1, "saturated"]);
  const none = decodeHsc(reply(1637), "A", 100).pressure;
  assert.deepEqual([none.raw, none.reason], [undefined, "out-of-range"]);
});

test("HSC: what its status bits, all zeros and all ones say", () => {
  for (const [bytes, code] of [
    [reply(8192, 768, 1), "sensor/wrong-device"],
    [reply(8192, 768, 2), "sensor/not-ready"],
    [reply(8192, 768, 3), "sensor/malformed"],
    [Uint8Array.of(0, 0, 0, 0), "sensor/wrong-device"],
    [Uint8Array.of(255, 255, 255, 255), "sensor/wrong-device"],
    [Uint8Array.of(0x20, 0x00, 0x60), "sensor/malformed"],
  ] as const)
    assert.throws(() => decodeHsc(bytes, "A", 100), { code });
});

test("HSC: of 100 000 random replies each is a fault, a reason, or within the part's range", () => {
  const random = seeded(2);
  for (let run = 0; run < 100_000; run++) {
    const bytes = Uint8Array.from({ length: random() < 0.1 ? Math.floor(random() * 6) : 4 }, () => Math.floor(random() * 256));
    try {
      const { pressure, temperature } = decodeHsc(bytes, "A", 100);
      assert.ok(pressure.raw === undefined ? pressure.reason === "out-of-range" : pressure.raw >= 0 && pressure.raw <= 100);
      assert.ok((temperature.raw ?? -100) >= -50 && (temperature.raw ?? 200) <= 150);
    } catch (error) {
      assert.ok(isFault(error), String(error));
    }
  }
});

const still = (mean: number) => ({ mean, swing: 0, period_s: 1, noise: 0 });
const withChip = async (transfer: string, set: (chip: HscSim) => void) => {
  const run = bench(planOf("hsc", 1, { range: "010BA", transfer }), [], (clock) => {
    const chip = new HscSim(clock, 3, 1000, transfer);
    set(chip);
    return chip;
  });
  await run.clock.advance(20);
  assert.equal(run.failure(), undefined);
  return run.readings;
};

test("HSC: what the world is comes through, at both ends and with every transfer function", async () => {
  for (const transfer of ["A", "B", "C", "F"])
    for (const kPa of [0.1, 101.3, 999.9]) {
      const readings = await withChip(transfer, (chip) => Object.assign(chip.world, { pressure_kPa: still(kPa), temperature_degC: still(25) }));
      assert.equal(readings.length, 2 * 20);
      for (const { channel, raw = Number.NaN, reason } of readings)
        assert.ok(reason === undefined && Math.abs(raw - (channel === 0 ? kPa : 25)) < (channel === 0 ? 0.05 : 0.06), `${transfer} ${kPa}: ${raw} ${reason}`);
    }
});

test("HSC: a damaged part gives reasons alone; one beyond its range a bound", async () => {
  const damaged = await withChip("A", (chip) => Object.assign(chip, { damaged: true }));
  assert.ok(damaged.length > 0 && damaged.every(({ raw, reason, detail }) => raw === undefined && reason === "malformed" && detail?.includes("damaged")));
  const vent = await withChip("A", (chip) => Object.assign(chip.world, { pressure_kPa: still(1040) }));
  assert.ok(vent.filter(({ channel }) => channel === 0).every(({ raw, bound }) => raw === 1000 && bound === 1));
});
