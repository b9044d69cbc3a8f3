import assert from "node:assert/strict";
import test from "node:test";
import type { I2cBus } from "../../edge-agent/bus/i2c.ts";
import { isFault } from "../../edge-agent/core/faults.ts";
import { Mcp9601Sim } from "../../edge-agent/sensors/mcp9601.sim.ts";
import { decodeJunction, decodeMcp9601 } from "../../edge-agent/sensors/mcp9601.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import type { VirtualClock } from "../support/virtual-clock.ts";
import { bench, planOf } from "./bench.ts";

const pair = (word: number) => Uint8Array.of(word >> 8, word & 0xff);
const room = pair(0x0190);
const QUIET = 0x40;

/** Data sheet equation 5-1: upper byte times 16 plus lower byte over 16, less 4096 below zero. */
const rows: readonly [word: number, degC: number][] = [
  [0x0190, 25],
  [0x0000, 0],
  [0x0001, 0.0625],
  [0xfff0, -1], // 4095 without its sign
  [0xffff, -0.0625],
  [0xf380, -200],
  [0x55c0, 1372],
  [0x7fff, 2047.9375],
  [0x8000, -2048],
];
for (const [word, degC] of rows) {
  test(`MCP9601 0x${word.toString(16).padStart(4, "0")} is ${degC} degC`, () => assert.equal(decodeJunction(pair(word)), degC));
}

const judged: readonly [name: string, word: number, status: number, reason: string | undefined, raw?: number][] = [
  ["a quiet thermocouple", 0x0190, QUIET, undefined],
  ["an open one", 0x0190, QUIET | 0x10, "open-circuit"],
  ["a shorted one", 0x0190, QUIET | 0x20, "short-circuit"],
  ["open and shorted", 0x0190, QUIET | 0x30, "short-circuit"],
  ["the end of type K with the range bit", 0x55c0, QUIET | 0x10, "saturated", 1372],
  ["near the end of type K with the range bit", 0x5200, QUIET | 0x10, "saturated", 1372],
  ["the low end of type K with the range bit", 0xef80, QUIET | 0x10, "out-of-range"],
  ["the end of type K without it", 0x55c0, QUIET, undefined],
  ["beyond type K without it", 0x55d0, QUIET, "saturated", 1372],
  ["below type K without it", 0xef10, QUIET, "out-of-range"],
  ["all ones", 0xffff, 0xff, "short-circuit"],
];
for (const [name, word, status, reason, raw] of judged) {
  test(`MCP9601: ${name} is ${reason ?? "a reading"}`, () => {
    const { temperature } = decodeMcp9601(pair(word), room, status, "K");
    assert.equal(temperature.reason, reason);
    if (reason !== undefined) assert.deepEqual([temperature.raw, temperature.bound], [raw, raw && 1]);
    else assert.ok(temperature.raw !== undefined && temperature.bound === undefined);
  });
}

test("MCP9601: a chip outside its own operating range puts both junctions in doubt", () => {
  const { temperature, cold_junction } = decodeMcp9601(pair(0x0c80), pair(0x07e0), QUIET, "K");
  assert.deepEqual([temperature.raw, temperature.reason], [200, "operating-range"]);
  assert.deepEqual([cold_junction.raw, cold_junction.reason], [126, "operating-range"]);
});

test("MCP9601: of 100 000 random replies each is a fault, a reason, or within the type's range", () => {
  const random = seeded(2);
  const reply = () => Uint8Array.from({ length: random() < 0.1 ? Math.floor(random() * 5) : 2 }, () => Math.floor(random() * 256));
  let decoded = 0;
  for (let run = 0; run < 100_000; run++) {
    try {
      const { temperature } = decodeMcp9601(reply(), reply(), Math.floor(random() * 256), "K");
      if (temperature.raw === undefined) assert.ok(temperature.reason && temperature.detail);
      else assert.ok(temperature.raw >= -270 && temperature.raw <= 1372);
      decoded++;
    } catch (error) {
      assert.ok(isFault(error) && error.code === "sensor/malformed", String(error));
    }
  }
  assert.ok(decoded > 70_000);
});

const withChip = async (set: (chip: Mcp9601Sim) => void, options = {}) => {
  const run = bench(planOf("mcp9601", 1, options), [], (clock) => {
    const chip = new Mcp9601Sim(clock, 3);
    set(chip);
    return chip;
  });
  await run.clock.advance(20);
  return run.readings.filter(({ channel }) => channel === 0);
};

test("MCP9601: what the world is comes through, below zero and at 1200 degC", async () => {
  for (const mean of [-40, -1, 0, 85, 1200]) {
    const readings = await withChip((chip) => {
      chip.world.hot_degC = { mean, swing: 0, period_s: 1, noise: 0 };
    });
    assert.equal(readings.length, 19); // 20 s, less the first conversions
    assert.ok(
      readings.every(({ raw, reason }) => reason === undefined && Math.abs((raw ?? Number.NaN) - mean) <= 0.0625),
      `${mean}: ${readings[0]?.raw}`,
    );
  }
});

test("MCP9601: the thermocouple type of the station file is set: a type J on a chip left at type K would be far off", async () => {
  const hot = (chip: Mcp9601Sim) => {
    chip.wired = 1;
    chip.world.hot_degC = { mean: 300, swing: 0, period_s: 1, noise: 0 };
  };
  const right = await withChip(hot, { thermocouple: "J" });
  assert.ok(right.every(({ raw }) => Math.abs((raw ?? 0) - 300) <= 0.0625));
  const wrong = await withChip(hot, { thermocouple: "K" });
  assert.ok(wrong.every(({ raw }) => (raw ?? 0) > 350));
});

test("MCP9601: wiring faults reach the hot junction alone", async () => {
  for (const [wiring, reason] of [
    ["open", "open-circuit"],
    ["shorted", "short-circuit"],
  ] as const) {
    const run = bench(planOf("mcp9601"), [], (clock) => Object.assign(new Mcp9601Sim(clock, 3), { world: { ...new Mcp9601Sim(clock, 3).world, wiring } }));
    await run.clock.advance(10);
    const of = (channel: number) => run.readings.filter((reading) => reading.channel === channel);
    assert.ok(of(0).length > 0 && of(0).every((reading) => reading.reason === reason && reading.raw === undefined));
    assert.ok(of(1).length > 0 && of(1).every((reading) => reading.reason === undefined && reading.raw !== undefined));
  }
});

test("MCP9601: an MCP9600 is refused, with what to fit", async () => {
  const readings = await withChip((chip) => {
    chip.identity = 0x40;
  });
  assert.ok(
    readings.length > 0 && readings.every(({ raw, reason, detail }) => raw === undefined && reason === "wrong-device" && detail?.includes("fit an MCP9601")),
  );
});

test("MCP9601: a busy machine, whose beats come late by chance, misses no conversion at the chip's fastest beat", async () => {
  const random = seeded(4);
  let late: (done: Uint8Array) => Promise<Uint8Array> = async (done) => done;
  const build = (clock: VirtualClock) => {
    late = async (done) => {
      await clock.sleep(0.03 * random());
      return done;
    };
    return new Mcp9601Sim(clock, 3);
  };
  const slow = (bus: I2cBus): I2cBus => ({ ...bus, writeRead: async (...at) => late(await bus.writeRead(...at)) });
  const run = bench(planOf("mcp9601", 0.6), [], build, slow);
  await run.clock.advance(600);
  assert.ok(run.readings.length > 1900, `${run.readings.length}`);
  assert.deepEqual(
    run.readings.filter(({ raw }) => raw === undefined),
    [],
  );
});
