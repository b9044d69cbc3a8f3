import assert from "node:assert/strict";
import test from "node:test";
import { isFault } from "../../edge-agent/core/faults.ts";
import { Bmp3xxSim } from "../../edge-agent/sensors/bmp3xx.sim.ts";
import { coefficientsOf, crc8, decodeBmp3xx } from "../../edge-agent/sensors/bmp3xx.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { bench, planOf } from "./bench.ts";

const bytes = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
/** Coefficients and reply of a real BMP388, and what they mean: from the tests of github.com/elixir-sensors/bmp3xx. The checksum 93 is ours. */
const memory = "93 236b5849f65cffcef42300ea636e79f3f6aa4312c4";
const coefficients = coefficientsOf(bytes(memory));

test("BMP388: the worked reply of a real part", () => {
  const { pressure, temperature } = decodeBmp3xx(bytes("979f6d 73d885"), coefficients);
  assert.ok(Math.abs((pressure.raw ?? 0) - 100.876_006_346_9) < 1e-7 && pressure.reason === undefined, `${pressure.raw}`);
  assert.ok(Math.abs((temperature.raw ?? 0) - 30.499_314_453_9) < 1e-7 && temperature.reason === undefined, `${temperature.raw}`);
});

test("BMP388: the checksum is CRC-8 with polynomial 0x1d (catalogued check value 0x4b), and one flipped bit of memory fails it", () => {
  assert.equal(crc8([...Buffer.from("123456789")]), 0x4b);
  for (let bit = 0; bit < 8 * 22; bit++) {
    const flipped = bytes(memory);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.throws(() => coefficientsOf(flipped), { code: "sensor/checksum" });
  }
});

test("BMP388: beyond 30 to 125 kPa the end of the range is a bound", () => {
  const vented = decodeBmp3xx(bytes("000000 73d885"), coefficients).pressure;
  assert.deepEqual([vented.raw, vented.bound, vented.reason], [125, 1, "saturated"]);
  const evacuated = decodeBmp3xx(bytes("ffffff 73d885"), coefficients).pressure;
  assert.deepEqual([evacuated.raw, evacuated.bound, evacuated.reason], [30, -1, "saturated"]);
});

test("BMP388: of 100 000 random replies each is a fault or within the part's range, and none is NaN", () => {
  const random = seeded(2);
  for (let run = 0; run < 100_000; run++) {
    const reply = Uint8Array.from({ length: random() < 0.1 ? Math.floor(random() * 9) : 6 }, () => Math.floor(random() * 256));
    try {
      const { pressure, temperature } = decodeBmp3xx(reply, coefficients);
      assert.ok((pressure.raw ?? 0) >= 30 && (pressure.raw ?? 200) <= 125 && Number.isFinite(temperature.raw));
      if ((temperature.raw ?? 0) < -40 || (temperature.raw ?? 0) > 85) assert.ok(temperature.reason === "operating-range" && pressure.reason !== undefined);
    } catch (error) {
      assert.ok(isFault(error) && error.code === "sensor/malformed", String(error));
    }
  }
});

const still = (mean: number) => ({ mean, swing: 0, period_s: 1, noise: 0 });
const withChip = async (set: (chip: Bmp3xxSim) => void) => {
  const run = bench(planOf("bmp3xx"), [], (clock) => {
    const chip = new Bmp3xxSim(clock, 3);
    set(chip);
    return chip;
  });
  await run.clock.advance(20);
  assert.equal(run.failure(), undefined);
  return run.readings;
};

test("BMP388: what the world is comes through, at both ends of pressure and temperature", async () => {
  for (const [kPa, degC] of [
    [101.3, 25],
    [30.1, -40],
    [124.9, -39.9],
    [30.1, 84.9],
    [124.9, 84.9],
  ] as const) {
    const readings = await withChip((chip) => Object.assign(chip.world, { pressure_kPa: still(kPa), temperature_degC: still(degC) }));
    assert.equal(readings.length, 2 * 20);
    for (const { channel, raw = Number.NaN, reason } of readings)
      assert.ok(reason === undefined && Math.abs(raw - (channel === 0 ? kPa : degC)) < 0.001, `${channel}: ${raw} ${reason}`);
  }
});

test("BMP388: a runaway in a sealed chamber is a lower bound, and a hot chip a doubt", async () => {
  const vent = await withChip((chip) => Object.assign(chip.world, { pressure_kPa: still(180) }));
  assert.ok(vent.filter(({ channel }) => channel === 0).every(({ raw, bound, reason }) => raw === 125 && bound === 1 && reason === "saturated"));
  const hot = await withChip((chip) => Object.assign(chip.world, { temperature_degC: still(95) }));
  assert.ok(hot.length > 0 && hot.every(({ raw, reason }) => raw !== undefined && reason === "operating-range"));
});

test("BMP388: its identity is taken, that of a BMP280 is not", async () => {
  const identity = (value: number) => (chip: Bmp3xxSim) => Object.assign(chip, { identity: value });
  assert.ok((await withChip(identity(0x50))).every(({ raw }) => raw !== undefined));
  const other = await withChip(identity(0x58));
  assert.ok(other.length > 0 && other.every(({ raw, reason }) => raw === undefined && reason === "wrong-device"));
});
