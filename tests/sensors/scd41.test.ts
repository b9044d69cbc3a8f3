import assert from "node:assert/strict";
import test from "node:test";
import { isFault } from "../../edge-agent/core/faults.ts";
import { Scd41Sim } from "../../edge-agent/sensors/scd41.sim.ts";
import { decodeScd41 } from "../../edge-agent/sensors/scd41.ts";
import { crc8, words } from "../../edge-agent/sensors/sensirion.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { bench, planOf } from "./bench.ts";

const bytes = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

for (const [word, sum] of ["BEEF 92", "0000 81", "0001 B0", "0002 E3", "0190 4C", "01F4 33", "03F5 DB", "0013 91", "FFFF AC"].map((row) => row.split(" "))) {
  test(`Sensirion's checksum of ${word} is ${sum}`, () => assert.equal(crc8(bytes(word ?? "")), Number.parseInt(sum ?? "", 16)));
}

/** The data sheet's worked example (500 ppm, 25 degC, 37 %), then range ends. */
const rows: readonly [reply: string, co2: number, temperature: number, humidity: number][] = [
  ["01F4 33 6667 A2 5EB9 3C", 500, 25, 37],
  ["0000 81 6667 A2 0000 81", 0, 25, 0],
  ["0000 81 6667 A2 FFFF AC", 0, 25, 100],
];
for (const [reply, co2, temperature, humidity] of rows) {
  test(`SCD41 ${reply}`, () => {
    const decoded = decodeScd41(bytes(reply));
    assert.deepEqual(decoded.co2, { raw: co2 });
    assert.ok(Math.abs((decoded.temperature.raw ?? Number.NaN) - temperature) < 0.003);
    assert.ok(Math.abs((decoded.humidity.raw ?? Number.NaN) - humidity) < 0.01);
  });
}

test("SCD41: the top of the range is a lower bound; beyond it is no reading", () => {
  assert.deepEqual({ ...decodeScd41(bytes("9C40 45 6667 A2 5EB9 3C")).co2, detail: "" }, { raw: 40_000, bound: 1, reason: "saturated", detail: "" });
  const beyond = decodeScd41(bytes("FFFF AC 6667 A2 5EB9 3C")).co2;
  assert.deepEqual([beyond.raw, beyond.reason], [undefined, "out-of-range"]);
});

test("SCD41: outside the chip's own operating range every output is in doubt", () => {
  for (const rail of ["0000 81", "FFFF AC"]) {
    const decoded = decodeScd41(bytes(`01F4 33 ${rail} 5EB9 3C`));
    assert.deepEqual(new Set(Object.values(decoded).map(({ reason }) => reason)), new Set(["operating-range"]));
  }
});

test("SCD41: of 100 000 random replies each is a fault or decodes within the part's ranges under a right checksum", () => {
  const random = seeded(1);
  const byte = () => Math.floor(random() * 256);
  let decoded = 0;
  for (let run = 0; run < 100_000; run++) {
    const reply = Uint8Array.from({ length: run % 3 ? 9 : Math.floor(random() * 13) }, byte);
    if (run % 2) for (let at = 0; at + 2 < reply.length; at += 3) reply[at + 2] = crc8(reply.subarray(at, at + 2));
    try {
      const { co2, temperature, humidity } = decodeScd41(reply);
      decoded++;
      assert.equal(words(reply, 3).length, 3);
      assert.ok(co2.raw === undefined ? co2.reason === "out-of-range" : co2.raw >= 0 && co2.raw <= 40_000);
      assert.ok((temperature.raw ?? -100) >= -45 && (temperature.raw ?? 200) <= 130);
      assert.ok((humidity.raw ?? -1) >= 0 && (humidity.raw ?? 101) <= 100);
    } catch (error) {
      assert.ok(isFault(error) && ["sensor/checksum", "sensor/malformed"].includes(error.code), String(error));
    }
  }
  assert.ok(decoded > 30_000);
});

test("SCD41: what the world is comes through, at the chip's own beat, with self-calibration off", async () => {
  let chip: Scd41Sim | undefined;
  const run = bench(planOf("scd41", 5), [], (clock) => {
    chip = new Scd41Sim(clock, 3);
    chip.world.co2_ppm = { mean: 2500, swing: 0, period_s: 1, noise: 0 };
    return chip;
  });
  await run.clock.advance(600);
  const co2 = run.readings.filter(({ channel }) => channel === 0);
  assert.equal(co2.length, 119); // 600 s at 5.01 s, less the half second of opening
  assert.ok(co2.every(({ raw, reason }) => raw === 2500 && reason === undefined));
  for (const [index, { at_s }] of co2.entries())
    if (index > 0) assert.ok(Math.abs(at_s - (co2[index - 1]?.at_s ?? 0) - 5.01) < 0.1, "each result is fetched when it is new");
  assert.equal(chip?.selfCalibration, false);
});

test("SCD41: a chip that another run left measuring is taken over", async () => {
  const run = bench(planOf("scd41", 5), [], (clock) => {
    const chip = new Scd41Sim(clock, 3);
    chip.write(Uint8Array.of(0x21, 0xb1));
    return chip;
  });
  await run.clock.advance(20);
  assert.ok(run.readings.length > 0 && run.readings.every(({ raw }) => raw !== undefined));
});

test("SCD41: an SCD40, and a chip that keeps its self-calibration, are refused", async () => {
  const other = bench(planOf("scd41", 5), [], (clock) => Object.assign(new Scd41Sim(clock, 3), { variant: 0x0440 }));
  await other.clock.advance(20);
  assert.ok(
    other.readings.length > 0 && other.readings.every(({ raw, reason, detail }) => raw === undefined && reason === "wrong-device" && detail?.includes("SCD40")),
  );

  const stubborn = bench(planOf("scd41", 5), [], (clock) => {
    const chip = new Scd41Sim(clock, 3);
    Object.defineProperty(chip, "selfCalibration", { get: () => true, set: () => {} });
    return chip;
  });
  await stubborn.clock.advance(20);
  assert.ok(stubborn.readings.length > 0 && stubborn.readings.every(({ raw, reason }) => raw === undefined && reason === "lost-config"));
});
