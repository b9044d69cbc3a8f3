/** A bad wire and a loose supply, at any transfer: whatever number still comes out is the world's. */
import assert from "node:assert/strict";
import test from "node:test";
import type { I2cBus } from "../../edge-agent/bus/i2c.ts";
import type { SimulatedChip } from "../../edge-agent/bus/simulated-bus.ts";
import { Fault } from "../../edge-agent/core/faults.ts";
import type { Reading } from "../../edge-agent/core/sample.ts";
import { Abp2Sim } from "../../edge-agent/sensors/abp2.sim.ts";
import { Ads1115Sim } from "../../edge-agent/sensors/ads1115.sim.ts";
import { Bmp3xxSim } from "../../edge-agent/sensors/bmp3xx.sim.ts";
import { HscSim } from "../../edge-agent/sensors/hsc.sim.ts";
import { Mcp9601Sim } from "../../edge-agent/sensors/mcp9601.sim.ts";
import { MprlsSim } from "../../edge-agent/sensors/mprls.sim.ts";
import { Nau7802Sim } from "../../edge-agent/sensors/nau7802.sim.ts";
import { Scd30Sim } from "../../edge-agent/sensors/scd30.sim.ts";
import { Scd41Sim } from "../../edge-agent/sensors/scd41.sim.ts";
import { Stc31cSim } from "../../edge-agent/sensors/stc31c.sim.ts";
import { Stcc4Sim } from "../../edge-agent/sensors/stcc4.sim.ts";
import { Tmp105Sim } from "../../edge-agent/sensors/tmp105.sim.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import type { VirtualClock } from "../support/virtual-clock.ts";
import { bench, planOf } from "./bench.ts";

type Trouble = "nack" | "short" | "flip" | "power-cycle";
const still = (mean: number) => ({ mean, swing: 0, period_s: 1, noise: 0 });

/** One transfer in `oneIn` meets one of the troubles. */
function troubled(bus: I2cBus, chip: () => SimulatedChip, troubles: readonly Trouble[], oneIn: number, random: () => number): I2cBus {
  const next = (): Trouble | undefined => (random() * oneIn < 1 ? troubles[Math.floor(random() * troubles.length)] : undefined);
  async function transfer(begin: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const trouble = next();
    if (trouble === "nack") throw new Fault("bus/no-reply", "no acknowledge");
    if (trouble === "power-cycle") chip().powerCycle();
    const reply = await begin();
    if (trouble === "short") return reply.subarray(0, Math.floor(random() * reply.length));
    if (trouble !== "flip") return reply;
    const at = Math.floor(random() * reply.length);
    return reply.map((byte, index) => (index === at ? byte ^ (1 << Math.floor(random() * 8)) : byte));
  }
  const noReply = new Uint8Array(1);
  return {
    write: async (address, bytes) => {
      await transfer(() => bus.write(address, bytes).then(() => noReply));
    },
    read: (address, length) => transfer(() => bus.read(address, length)),
    writeRead: (address, register, length) => transfer(() => bus.writeRead(address, register, length)),
  };
}

async function run(
  driver: string,
  make: (clock: VirtualClock) => SimulatedChip,
  troubles: readonly Trouble[],
  options = {},
  [oneIn, end_s]: readonly [number, number] = [40, /^scd|stcc/.test(driver) ? 10_000 : 2500],
): Promise<Reading[]> {
  let chip: SimulatedChip | undefined;
  const there = () => chip as SimulatedChip;
  const build = (clock: VirtualClock) => {
    chip = make(clock);
    return chip;
  };
  const { clock, readings, failure } = bench(planOf(driver, 1, options), [], build, (bus) => troubled(bus, there, troubles, oneIn, seeded(5)));
  await clock.advance(end_s);
  assert.equal(failure(), undefined);
  for (const channel of new Set(readings.map((reading) => reading.channel))) {
    const times = readings.filter((reading) => reading.channel === channel).map(({ at_s }) => at_s);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
      "time never runs backwards",
    );
  }
  return readings;
}

test("SCD41: with lost acknowledges, short replies, flipped bits and power cycles", async () => {
  const readings = await run(
    "scd41",
    (clock) => Object.assign(new Scd41Sim(clock, 1), { world: { co2_ppm: still(2500), temperature_degC: still(25), humidity_pct: still(40) } }),
    ["nack", "short", "flip", "power-cycle"],
  );
  const numbers = readings.filter(({ raw }) => raw !== undefined);
  assert.ok(numbers.length > 1000 && readings.length - numbers.length > 300, `${numbers.length} of ${readings.length}`);
  for (const { channel, raw = Number.NaN } of numbers) assert.ok(Math.abs(raw - ([2500, 25, 40][channel] ?? Number.NaN)) < 0.01, `channel ${channel}: ${raw}`);
});

test("SCD30: with lost acknowledges, short replies, flipped bits and power cycles that it does not tell of", async () => {
  const readings = await run(
    "scd30",
    (clock) => Object.assign(new Scd30Sim(clock, 1), { world: { co2_ppm: still(2500), temperature_degC: still(25), humidity_pct: still(40) } }),
    ["nack", "short", "flip", "power-cycle"],
  );
  const numbers = readings.filter(({ raw }) => raw !== undefined);
  assert.ok(numbers.length > 1000 && readings.length - numbers.length > 300, `${numbers.length} of ${readings.length}`);
  for (const { channel, raw = Number.NaN } of numbers) assert.equal(raw, [2500, 25, 40][channel]);
});

test("STC31-C: with lost acknowledges, short replies, flipped bits and power cycles that forget its gas", async () => {
  const readings = await run("stc31c", (clock) => Object.assign(new Stc31cSim(clock, 1), { world: { co2_pct: still(12.5), temperature_degC: still(25) } }), [
    "nack",
    "short",
    "flip",
    "power-cycle",
  ]);
  const numbers = readings.filter(({ raw }) => raw !== undefined);
  assert.ok(numbers.length > 1000 && readings.length - numbers.length > 300, `${numbers.length} of ${readings.length}`);
  for (const { channel, raw = Number.NaN } of numbers) assert.equal(raw, [125_000, 125_000, 25][channel]);
});

test("STCC4: with lost acknowledges, short replies, flipped bits and power cycles that let self-calibration go", async () => {
  const readings = await run(
    "stcc4",
    (clock) => Object.assign(new Stcc4Sim(clock, 1), { world: { co2_ppm: still(2500), temperature_degC: still(25), humidity_pct: still(40) } }),
    ["nack", "short", "flip", "power-cycle"],
  );
  const numbers = readings.filter(({ raw }) => raw !== undefined);
  assert.ok(numbers.length > 1000 && readings.length - numbers.length > 300, `${numbers.length} of ${readings.length}`);
  for (const { channel, raw = Number.NaN } of numbers) assert.ok(Math.abs(raw - ([2500, 25, 40][channel] ?? Number.NaN)) < 0.01, `channel ${channel}: ${raw}`);
});

test("MCP9601: with lost acknowledges, short replies and power cycles that forget its type J; nothing on its wire could tell a flipped bit", async () => {
  const readings = await run(
    "mcp9601",
    (clock) => Object.assign(new Mcp9601Sim(clock, 1), { wired: 1, world: { hot_degC: still(300), cold_degC: still(24), wiring: "sound" } }),
    ["nack", "short", "power-cycle"],
    { thermocouple: "J" },
  );
  const numbers = readings.filter(({ raw }) => raw !== undefined);
  assert.ok(numbers.length > 1000 && readings.length - numbers.length > 300, `${numbers.length} of ${readings.length}`);
  for (const { channel, raw = Number.NaN } of numbers) assert.ok(Math.abs(raw - ([300, 24][channel] ?? Number.NaN)) <= 0.0625, `channel ${channel}: ${raw}`);
});

const pressed = { pressure_kPa: still(101), temperature_degC: still(25) };
const volts = { ain0_V: still(0.5), ain1_V: still(1), ain2_V: still(1.5), ain3_V: still(2) };
/** By output: volts; loops of 3.3 (open: no number), 6.7, 10 and 13.3 mA; shares of AIN3 and of 3.3 V; a hundredth of 10 V for each 10. */
const meant = [0.5, 1, 1.5, 2, Number.NaN, 500 / 3, 375, 1750 / 3, 187.5, 500, 812.5, (2 / 3.3 - 0.1) * 1250, 50, 100, 150, 200];
/** Each with what its outputs must read, and how closely. */
const unguarded: readonly [driver: string, make: (clock: VirtualClock) => SimulatedChip, world: readonly number[], within: number][] = [
  ["bmp3xx", (clock) => Object.assign(new Bmp3xxSim(clock, 1), { world: pressed }), [101, 25], 0.001],
  ["hsc", (clock) => Object.assign(new HscSim(clock, 1, 206.84271, "A"), { world: pressed }), [101, 25], 0.06],
  ["mprls", (clock) => Object.assign(new MprlsSim(clock, 1, 172.368925, "A"), { world: pressed }), [101], 0.001],
  ["abp2", (clock) => Object.assign(new Abp2Sim(clock, 1, 206.84271), { world: pressed }), [101, 25], 0.001],
  ["ads1115", (clock) => Object.assign(new Ads1115Sim(clock, 1), { world: volts }), meant, 0.0002],
  ["nau7802", (clock) => Object.assign(new Nau7802Sim(clock, 1), { world: { load_mV_per_V: still(1) } }), [250], 0.001],
  ["tmp105", (clock) => Object.assign(new Tmp105Sim(clock, 1), { world: { temperature_degC: still(25) } }), [25], 0.0625],
];
for (const [driver, make, world, within] of unguarded) {
  test(`${driver}: with lost acknowledges, short replies and power cycles; nothing on its wire could tell a flipped bit`, async () => {
    const readings = await run(driver, make, ["nack", "short", "power-cycle"]);
    const numbers = readings.filter(({ raw }) => raw !== undefined);
    assert.ok(numbers.length > 1000 && readings.length - numbers.length > 30, `${numbers.length} of ${readings.length}`);
    for (const { channel, raw = Number.NaN } of numbers) assert.ok(Math.abs(raw - (world[channel] ?? Number.NaN)) < within, `channel ${channel}: ${raw}`);
  });
}

test("ads1115-burst: with lost acknowledges, short replies and power cycles between hundreds of looks a second", async () => {
  const make = (clock: VirtualClock) => Object.assign(new Ads1115Sim(clock, 1), { world: volts });
  const readings = await run("ads1115-burst", make, ["nack", "short", "power-cycle"], { input: "ain1" }, [400, 60]);
  const numbers = readings.filter(({ raw }) => raw !== undefined);
  assert.ok(numbers.length > 200 && readings.length - numbers.length > 30, `${numbers.length} of ${readings.length}`);
  const world = [500 / 3, (1 / 3.3 - 0.1) * 1250, 100];
  for (const { channel, raw = Number.NaN } of numbers)
    assert.ok(Math.abs(raw - (world[Math.floor(channel / 3)] ?? Number.NaN)) < 0.001, `channel ${channel}: ${raw}`);
});
