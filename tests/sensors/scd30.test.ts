import assert from "node:assert/strict";
import test from "node:test";
import type { I2cBus } from "../../edge-agent/bus/i2c.ts";
import { isFault } from "../../edge-agent/core/faults.ts";
import { Scd30Sim } from "../../edge-agent/sensors/scd30.sim.ts";
import { decodeScd30 } from "../../edge-agent/sensors/scd30.ts";
import { crc8 } from "../../edge-agent/sensors/sensirion.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { bench, planOf } from "./bench.ts";

/** Three numbers as the chip sends them. */
function replyOf(...values: readonly number[]): Uint8Array {
  const plain = Buffer.alloc(12);
  for (const [index, value] of values.entries()) plain.writeFloatBE(value, 4 * index);
  return Uint8Array.from([0, 2, 4, 6, 8, 10].flatMap((at) => [...plain.subarray(at, at + 2), crc8(plain.subarray(at, at + 2))]));
}

test("SCD30 43DB CB 8C2E 8F is 439.09515 ppm, as the interface description's worked example has it", () => {
  const reply = replyOf(0, 25, 50);
  reply.set(Buffer.from("43DBCB8C2E8F", "hex"));
  const { co2, temperature, humidity } = decodeScd30(reply);
  assert.ok(Math.abs((co2.raw ?? 0) - 439.09515) < 1e-5);
  assert.deepEqual([temperature, humidity], [{ raw: 25 }, { raw: 50 }]);
});

test("SCD30: both ends of CO2, and what lies beyond them", () => {
  const co2 = (ppm: number) => decodeScd30(replyOf(ppm, 25, 50)).co2;
  assert.deepEqual(co2(0), { raw: 0 });
  assert.deepEqual({ ...co2(40_000), detail: "" }, { raw: 40_000, bound: 1, reason: "saturated", detail: "" });
  for (const ppm of [-1900, -0.5, 40_001, 1e30]) assert.deepEqual([co2(ppm).raw, co2(ppm).reason], [undefined, "out-of-range"]);
});

test("SCD30: a number that is none is malformed", () => {
  for (const none of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
    for (const values of [
      [none, 25, 50],
      [500, none, 50],
      [500, 25, none],
    ])
      assert.throws(
        () => decodeScd30(replyOf(...values)),
        (error) => isFault(error) && error.code === "sensor/malformed",
      );
});

test("SCD30: outside the chip's own operating range every output is in doubt", () => {
  for (const degC of [-5, 60])
    assert.ok(Object.values(decodeScd30(replyOf(500, degC, 50))).every(({ raw, reason }) => raw !== undefined && reason === "operating-range"));
});

test("SCD30: of 100 000 random replies each is a fault, a reason, or within the part's ranges under a right checksum", () => {
  const random = seeded(1);
  let decoded = 0;
  for (let run = 0; run < 100_000; run++) {
    const reply = Uint8Array.from({ length: run % 3 ? 18 : Math.floor(random() * 22) }, () => Math.floor(random() * 256));
    if (run % 2) for (let at = 0; at + 2 < reply.length; at += 3) reply[at + 2] = crc8(reply.subarray(at, at + 2));
    try {
      const { co2, temperature, humidity } = decodeScd30(reply);
      decoded++;
      const fits = (raw: number | undefined, low: number, high: number) => raw === undefined || (raw >= low && raw <= high);
      assert.ok(fits(co2.raw, 0, 40_000) && fits(temperature.raw, -40, 70) && fits(humidity.raw, 0, 100));
    } catch (error) {
      assert.ok(isFault(error) && ["sensor/checksum", "sensor/malformed"].includes(error.code), String(error));
    }
  }
  assert.ok(decoded > 30_000);
});

const still = (mean: number) => ({ mean, swing: 0, period_s: 1, noise: 0 });

function withChip(set: (chip: Scd30Sim) => void, period_s = 2, disturbed?: (bus: I2cBus) => I2cBus) {
  let made: Scd30Sim | undefined;
  const run = bench(
    planOf("scd30", period_s),
    [],
    (clock) => {
      made = new Scd30Sim(clock, 3);
      set(made);
      return made;
    },
    disturbed,
  );
  return { ...run, chip: made as Scd30Sim };
}

test("SCD30: what the world is comes through at the chip's own beat, with self-calibration off, the interval set, and no repeated start", async () => {
  const { clock, readings, chip } = withChip(
    (made) => {
      made.world.co2_ppm = still(2500);
      Object.assign(made, { selfCalibration: 1, interval: 30, measuring: false });
    },
    2,
    (bus) => ({
      ...bus,
      writeRead: async () => {
        throw new TypeError("the chip knows no repeated start");
      },
    }),
  );
  await clock.advance(600);
  const co2 = readings.filter(({ channel }) => channel === 0);
  assert.ok(co2.length > 290, `${co2.length}`);
  assert.ok(co2.every(({ raw, reason }) => raw === 2500 && reason === undefined));
  for (const [index, { at_s }] of co2.entries()) if (index > 0) assert.ok(Math.abs(at_s - (co2[index - 1]?.at_s ?? 0) - 2.006) < 0.1);
  assert.deepEqual([chip.selfCalibration, chip.interval], [0, 2]);
});

test("SCD30: settings that are right already are not written: the chip's memory wears", async () => {
  const { clock, readings, chip } = withChip(() => {});
  await clock.advance(20);
  assert.ok(readings.length > 0);
  assert.equal(chip.memoryWrites, 0);
});

test("SCD30: a chip that keeps its self-calibration is refused", async () => {
  const { clock, readings } = withChip((chip) => Object.defineProperty(chip, "selfCalibration", { get: () => 1, set: () => {} }));
  await clock.advance(20);
  assert.ok(readings.length > 0 && readings.every(({ raw, reason }) => raw === undefined && reason === "lost-config"));
});

test("SCD30: in a chamber without CO2 zero is a reading", async () => {
  const { clock, readings } = withChip((chip) => {
    chip.world.co2_ppm = still(0);
  });
  await clock.advance(60);
  const co2 = readings.filter(({ channel }) => channel === 0);
  assert.ok(co2.length > 15 && co2.every(({ raw, reason }) => raw === 0 && reason === undefined));
});

test("SCD30: whenever the supply fails between two slow beats, the first results after it are not taken for the gas", async () => {
  for (let off_s = 41; off_s < 51; off_s += 0.25) {
    const { clock, readings, chip } = withChip((made) => {
      made.world.co2_ppm = still(2500);
    }, 10);
    await clock.advance(off_s);
    chip.powerCycle();
    await clock.advance(101);
    const numbers = readings.filter(({ channel, raw }) => channel === 0 && raw !== undefined);
    assert.ok(numbers.length >= 7 && numbers.every(({ raw }) => raw === 2500), `supply failed at ${off_s} s`);
  }
});
