import assert from "node:assert/strict";
import test from "node:test";
import { isFault } from "../../edge-agent/core/faults.ts";
import { crc8 } from "../../edge-agent/sensors/sensirion.ts";
import { Stcc4Sim } from "../../edge-agent/sensors/stcc4.sim.ts";
import { decodeStcc4, isTesting } from "../../edge-agent/sensors/stcc4.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { bench, planOf } from "./bench.ts";

const still = (mean: number) => ({ mean, swing: 0, period_s: 1, noise: 0 });

function replyOf(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((word) => [word >> 8, word & 0xff, crc8(Uint8Array.of(word >> 8, word & 0xff))]));
}

test("STCC4: 500, 26214 and 29360 are 500 ppm, 25 degC and 50 %, as the data sheet's worked examples have it", () => {
  const reply = replyOf(500, 26_214, 29_360, 0x40);
  assert.equal(Buffer.from(reply.subarray(3, 9)).toString("hex"), "66669372b0dc"); // with the checksums of its example
  const { co2, temperature, humidity } = decodeStcc4(reply, 60, true);
  assert.deepEqual(co2, { raw: 500 });
  assert.ok(Math.abs((temperature.raw ?? 0) - 25) < 0.002 && Math.abs((humidity.raw ?? 0) - 50) < 0.002);
});

test("STCC4: the ends of the CO2 range are bounds, and beyond them is no reading", () => {
  const co2 = (word: number) => decodeStcc4(replyOf(word, 26_214, 29_360, 0), 60, true).co2;
  assert.deepEqual({ ...co2(380), detail: "" }, { raw: 380, bound: -1, reason: "saturated", detail: "" });
  assert.deepEqual({ ...co2(32_000), detail: "" }, { raw: 32_000, bound: 1, reason: "saturated", detail: "" });
  for (const word of [0, 379, 32_001, 0x7fff, 0x8000, 0xffff]) assert.deepEqual([co2(word).raw, co2(word).reason], [undefined, "out-of-range"]);
});

test("STCC4: outside the chip's own operating range every output is in doubt", () => {
  for (const word of [0, 0x5000, 0x8000, 0xffff]) {
    const outputs = decodeStcc4(replyOf(500, word, 29_360, 0), 60, true);
    assert.deepEqual(new Set(Object.values(outputs).map(({ reason }) => reason)), new Set(["operating-range"]));
  }
});

test("STCC4: 390 ppm counts for nothing in the first 20 s, and for what it is later", () => {
  const co2 = (since_s: number) => decodeStcc4(replyOf(390, 26_214, 29_360, 0), since_s, true).co2;
  assert.deepEqual([co2(5).raw, co2(5).reason], [undefined, "warming-up"]);
  assert.deepEqual(co2(22), { raw: 390 });
});

test("STCC4: of 100 000 random replies each is a fault, a reason, or within the part's ranges under a right checksum", () => {
  const random = seeded(1);
  let decoded = 0;
  for (let run = 0; run < 100_000; run++) {
    const reply = Uint8Array.from({ length: run % 3 ? 12 : Math.floor(random() * 15) }, () => Math.floor(random() * 256));
    if (run % 2) for (let at = 0; at + 2 < reply.length; at += 3) reply[at + 2] = crc8(reply.subarray(at, at + 2));
    try {
      const { co2, temperature, humidity } = decodeStcc4(reply, 60, true);
      decoded++;
      assert.equal(typeof isTesting(reply), "boolean");
      assert.ok(co2.raw === undefined ? co2.reason === "out-of-range" : co2.raw >= 380 && co2.raw <= 32_000);
      assert.ok((temperature.raw ?? -100) >= -45 && (temperature.raw ?? 200) <= 130);
      assert.ok((humidity.raw ?? -1) >= 0 && (humidity.raw ?? 101) <= 100);
    } catch (error) {
      assert.ok(isFault(error) && ["sensor/checksum", "sensor/malformed"].includes(error.code), String(error));
    }
  }
  assert.ok(decoded > 30_000);
});

async function withChip(set: (chip: Stcc4Sim) => void, until_s: number) {
  let made: Stcc4Sim | undefined;
  const run = bench(planOf("stcc4", 1), [], (clock) => {
    made = new Stcc4Sim(clock, 3);
    made.world.co2_ppm = still(2500);
    set(made);
    return made;
  });
  await run.clock.advance(until_s);
  return { readings: run.readings, co2: run.readings.filter(({ channel }) => channel === 0), chip: made as Stcc4Sim };
}

test("STCC4: a chip that another run left measuring is taken over at its own beat, with self-calibration held and without conditioning", async () => {
  for (const testingBit of [0x40, 0x04]) {
    const { co2, chip } = await withChip((made) => Object.assign(made, { testingBit }), 300);
    assert.ok(co2.length > 285 && co2.every(({ raw, reason }) => raw === 2500 && reason === undefined), `${co2.length}`);
    for (const [index, { at_s }] of co2.entries()) if (index > 0) assert.ok(Math.abs(at_s - (co2[index - 1]?.at_s ?? 0) - 1.01) < 0.1);
    assert.deepEqual([chip.testing, chip.conditioned], [true, 0]);
  }
});

test("STCC4: a chip found idle or asleep is conditioned, and its CO2 is warming up for an hour", async () => {
  for (const asleep of [false, true]) {
    const { co2, readings, chip } = await withChip((made) => {
      made.powerCycle();
      made.asleep = asleep;
    }, 3700);
    assert.equal(chip.conditioned, 1);
    assert.ok((co2[0]?.at_s ?? 0) > 22);
    const early = co2.filter(({ at_s }) => at_s < 3500);
    assert.ok(early.length > 3000 && early.every(({ raw, reason }) => raw === 2500 && reason === "warming-up"));
    assert.equal(co2.at(-1)?.reason, undefined);
    assert.ok(readings.filter(({ channel }) => channel > 0).every(({ reason }) => reason === undefined));
  }
});

test("STCC4: what a new chip gives before it measures is not handed on", async () => {
  const { co2 } = await withChip((made) => {
    made.isNew = true;
  }, 60);
  assert.ok(co2.filter(({ raw, reason }) => raw === undefined && reason === "warming-up").length >= 18);
  assert.ok(co2.every(({ raw }) => raw === undefined || raw === 2500));
});

test("STCC4: another product, a chip without its SHT4x, one with bad memory and one that will not hold self-calibration are refused", async () => {
  const cases: readonly [reason: string, set: (chip: Stcc4Sim) => void][] = [
    ["wrong-device", (chip) => Object.assign(chip, { product: [0x0801, 0x0302] })],
    ["wrong-device", (chip) => Object.assign(chip, { selfTest: 0x10 })],
    ["malformed", (chip) => Object.assign(chip, { selfTest: 0x20 })],
    ["lost-config", (chip) => Object.defineProperty(chip, "testing", { get: () => false, set: () => {} })],
  ];
  for (const [reason, set] of cases) {
    const { readings } = await withChip(set, 40);
    assert.ok(readings.length > 0 && readings.every((reading) => reading.raw === undefined && reading.reason === reason), reason);
  }
});
