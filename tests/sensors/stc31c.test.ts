import assert from "node:assert/strict";
import test from "node:test";
import { isFault } from "../../edge-agent/core/faults.ts";
import { crc8 } from "../../edge-agent/sensors/sensirion.ts";
import { Stc31cSim } from "../../edge-agent/sensors/stc31c.sim.ts";
import { decodeStc31c } from "../../edge-agent/sensors/stc31c.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { bench, planOf } from "./bench.ts";

const bytes = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const co2 = (gas: string, range_pct: 40 | 100 = 100) => decodeStc31c(bytes(`${gas} 0001 B0 0000 81`), range_pct).co2;
const still = (mean: number) => ({ mean, swing: 0, period_s: 1, noise: 0 });

for (const [gas, pct] of [
  ["4000 08", 0],
  ["4148 78", 1],
  ["4666 4F", 5],
  ["7333 01", 40],
] as const) {
  test(`STC31-C ${gas} is ${pct} vol%`, () => {
    const { raw = Number.NaN, reason } = co2(gas);
    assert.equal(reason, undefined);
    assert.ok(Math.abs(raw - pct * 1e4) <= 16, `${raw}`); // half a step
  });
}

test("STC31-C: both ends of the scale are no reading; past the end of the range CO2 is a bound", () => {
  for (const rail of ["0000 81", "FFFF AC"]) assert.deepEqual([co2(rail).raw, co2(rail).reason], [undefined, "out-of-range"]);
  const word = (pct: number) => Math.round(16_384 + pct * 327.68);
  const reply = (pct: number) => {
    const pair = Uint8Array.of(word(pct) >> 8, word(pct) & 0xff);
    return Uint8Array.of(...pair, crc8(pair), ...bytes("0001 B0 0000 81"));
  };
  assert.deepEqual({ ...decodeStc31c(reply(45), 40).co2, detail: "" }, { raw: 400_000, bound: 1, reason: "saturated", detail: "" });
  assert.equal(decodeStc31c(reply(45), 100).co2.reason, undefined);
  assert.deepEqual({ ...decodeStc31c(reply(100), 100).co2, detail: "" }, { raw: 1_000_000, bound: 1, reason: "saturated", detail: "" });
  assert.deepEqual(decodeStc31c(reply(-0.6), 40).co2, { raw: 0 });
  const hydrogen = decodeStc31c(reply(-7.2), 40).co2;
  assert.deepEqual([hydrogen.raw, hydrogen.reason], [undefined, "out-of-range"]);
  assert.match(hydrogen.detail ?? "", /hydrogen/);
  const apparent = decodeStc31c(reply(-7.2), 40).co2_apparent;
  assert.ok(Math.abs((apparent.raw ?? 0) + 72_000) <= 16, "what conducts better than air is read as it comes");
  assert.equal(decodeStc31c(reply(45), 40).co2_apparent.bound, 1);
  assert.equal(decodeStc31c(reply(-50), 40).co2_apparent.reason, "out-of-range");
});

test("STC31-C: temperature has a sign", () => {
  const pair = Uint8Array.of(0xf8, 0x30); // -2000 steps
  const { temperature } = decodeStc31c(Uint8Array.of(...bytes("4000 08"), ...pair, crc8(pair), ...bytes("0000 81")), 40);
  assert.deepEqual(temperature, { raw: -10 });
});

test("STC31-C: of 100 000 random replies each is a fault, a reason, or within the range under a right checksum", () => {
  const random = seeded(1);
  let decoded = 0;
  for (let run = 0; run < 100_000; run++) {
    const reply = Uint8Array.from({ length: run % 3 ? 9 : Math.floor(random() * 13) }, () => Math.floor(random() * 256));
    if (run % 2) for (let at = 0; at + 2 < reply.length; at += 3) reply[at + 2] = crc8(reply.subarray(at, at + 2));
    try {
      const { raw, reason } = decodeStc31c(reply, 40).co2;
      decoded++;
      assert.ok(raw === undefined ? reason === "out-of-range" : raw >= 0 && raw <= 400_000);
    } catch (error) {
      assert.ok(isFault(error) && ["sensor/checksum", "sensor/malformed"].includes(error.code), String(error));
    }
  }
  assert.ok(decoded > 30_000);
});

async function withChip(set: (chip: Stc31cSim) => void, options = {}) {
  let made: Stc31cSim | undefined;
  const run = bench(planOf("stc31c", 1, options), [], (clock) => {
    made = new Stc31cSim(clock, 3);
    set(made);
    return made;
  });
  await run.clock.advance(20);
  return { readings: run.readings.filter(({ channel }) => channel === 0), chip: made as Stc31cSim };
}

test("STC31-C: what the world is comes through under either carrier and range, with gas, humidity and pressure as the station file says", async () => {
  for (const [options, gas] of [
    [{}, 0x13],
    [{ carrier: "n2" }, 0x12],
    [{ range_pct: 100 }, 0x11],
    [{ carrier: "n2", range_pct: 100, humidity_pct: 50, pressure_kPa: 95 }, 0x10],
  ] as const) {
    const { readings, chip } = await withChip((made) => {
      made.world.co2_pct = still(12.5);
      made.settings.selfCalibration = 1;
    }, options);
    assert.ok(readings.length >= 18 && readings.every(({ raw, reason }) => reason === undefined && Math.abs((raw ?? 0) - 125_000) <= 16));
    assert.deepEqual([chip.settings.gas, chip.settings.selfCalibration], [gas, 0]);
    if ("humidity_pct" in options) assert.deepEqual([chip.settings.humidity, chip.settings.pressure], [32_768, 950]);
  }
});

test("STC31-C: a chip of another product, and one that does not take the gas it is told, are refused", async () => {
  const other = await withChip((chip) => {
    chip.product = 0x0901_018a;
  });
  assert.ok(other.readings.length > 0 && other.readings.every(({ raw, reason }) => raw === undefined && reason === "wrong-device"));
  const older = await withChip((chip) => {
    chip.modes = [0, 1, 2, 3];
  });
  assert.ok(
    older.readings.length > 0 && older.readings.every(({ raw, reason, detail }) => raw === undefined && reason === "lost-config" && detail?.includes("STC31")),
  );
});
