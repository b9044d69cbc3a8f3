import assert from "node:assert/strict";
import test from "node:test";
import type { I2cBus } from "../../edge-agent/bus/i2c.ts";
import { isFault } from "../../edge-agent/core/faults.ts";
import { crc8 } from "../../edge-agent/sensors/sensirion.ts";
import { Sht4xSim } from "../../edge-agent/sensors/sht4x.sim.ts";
import { decodeSht4x } from "../../edge-agent/sensors/sht4x.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { bench, planOf } from "./bench.ts";

const bytes = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const still = (mean: number) => ({ mean, swing: 0, period_s: 1, noise: 0 });

test("SHT4x 6666 93 72B0 DC is 25 degC and 50 %, as Sensirion's worked example has it", () => {
  const { temperature, humidity } = decodeSht4x(bytes("6666 93 72B0 DC"));
  assert.deepEqual([temperature.reason, humidity.reason], [undefined, undefined]);
  assert.ok(Math.abs((temperature.raw ?? 0) - 25) < 0.002 && Math.abs((humidity.raw ?? 0) - 50) < 0.002);
});

test("SHT4x: past the ends of its scale humidity is a bound", () => {
  const dry = decodeSht4x(bytes("6666 93 0000 81")).humidity;
  assert.deepEqual([dry.raw, dry.bound, dry.reason], [0, -1, "saturated"]);
  const wet = decodeSht4x(bytes("6666 93 FFFF AC")).humidity;
  assert.deepEqual([wet.raw, wet.bound, wet.reason], [100, 1, "saturated"]);
});

test("SHT4x: outside the chip's own operating range both outputs are in doubt", () => {
  for (const [rail, degC] of [
    ["0000 81", -45],
    ["FFFF AC", 130],
  ] as const) {
    const { temperature, humidity } = decodeSht4x(bytes(`${rail} 72B0 DC`));
    assert.deepEqual([temperature.raw, temperature.reason, humidity.reason], [degC, "operating-range", "operating-range"]);
  }
});

test("SHT4x: of 100 000 random replies each is a fault or decodes within the part's ranges under a right checksum", () => {
  const random = seeded(1);
  let decoded = 0;
  for (let run = 0; run < 100_000; run++) {
    const reply = Uint8Array.from({ length: run % 3 ? 6 : Math.floor(random() * 9) }, () => Math.floor(random() * 256));
    if (run % 2) for (let at = 0; at + 2 < reply.length; at += 3) reply[at + 2] = crc8(reply.subarray(at, at + 2));
    try {
      const { temperature, humidity } = decodeSht4x(reply);
      decoded++;
      assert.ok((temperature.raw ?? -100) >= -45 && (temperature.raw ?? 200) <= 130);
      assert.ok((humidity.raw ?? -1) >= 0 && (humidity.raw ?? 101) <= 100);
    } catch (error) {
      assert.ok(isFault(error) && ["sensor/checksum", "sensor/malformed"].includes(error.code), String(error));
    }
  }
  assert.ok(decoded > 30_000);
});

test("SHT4x: what the world is comes through, cold, hot, dry and wet", async () => {
  for (const [degC, pct] of [
    [-39, 1],
    [25, 40],
    [85, 99],
    [124, 5],
  ] as const) {
    const run = bench(planOf("sht4x"), [], (clock) =>
      Object.assign(new Sht4xSim(clock, 3), { world: { temperature_degC: still(degC), humidity_pct: still(pct) } }),
    );
    await run.clock.advance(20.5);
    assert.ok(run.readings.length >= 40);
    for (const { channel, raw = Number.NaN, reason } of run.readings)
      assert.ok(reason === undefined && Math.abs(raw - (channel === 0 ? degC : pct)) < 0.003, `channel ${channel}: ${raw}`);
  }
});

test("SHT4x: a power cycle while it measures costs that reading, and no number stands in for it", async () => {
  let chip: Sht4xSim | undefined;
  const loose = (bus: I2cBus): I2cBus => ({
    ...bus,
    async read(address, length) {
      if (run.clock.monotonic_s() > 5 && run.clock.monotonic_s() < 6) chip?.powerCycle();
      return bus.read(address, length);
    },
  });
  const run = bench(
    planOf("sht4x"),
    [],
    (clock) => {
      chip = new Sht4xSim(clock, 3);
      return chip;
    },
    loose,
  );
  await run.clock.advance(10.5);
  const bad = run.readings.filter(({ raw }) => raw === undefined);
  assert.deepEqual(
    bad.map(({ channel, reason }) => [channel, reason]),
    [
      [0, "not-ready"],
      [1, "not-ready"],
    ],
  );
});

test("SHT4x: a part that answers without Sensirion's checksums is no SHT4x", async () => {
  const run = bench(planOf("sht4x"), [], () => ({
    write: () => true,
    read: (length) => new Uint8Array(length).fill(0x20),
    powerCycle() {},
    converting: true,
    frozen: false,
  }));
  await run.clock.advance(5);
  assert.ok(run.readings.length > 0 && run.readings.every(({ raw, reason }) => raw === undefined && reason === "checksum"));
});
