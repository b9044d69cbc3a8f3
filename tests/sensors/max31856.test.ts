import assert from "node:assert/strict";
import test from "node:test";
import { isFault } from "../../edge-agent/core/faults.ts";
import { Max31856Sim } from "../../edge-agent/sensors/max31856.sim.ts";
import { decodeMax31856 } from "../../edge-agent/sensors/max31856.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { planOf, spiBench } from "./bench.ts";

/** All 16 registers with these temperatures and this status. */
const block = (hot: number, cold: number, status = 0) =>
  Uint8Array.of(0x11, 0x03, 0xfc, 0x7f, 0xc0, 0x7f, 0xff, 0x80, 0, 0, cold >> 8, cold & 0xff, hot >> 16, (hot >> 8) & 0xff, hot & 0xff, status);
const room = 0x1900;

/** 1/128 degC a step in 19 bits, 1/64 in 14, left-aligned; negative ones in two's complement. */
const hotRows: readonly [bits: number, degC: number][] = [
  [0x64_00_00, 1600],
  [0x3e_80_00, 1000],
  [0x06_4f_00, 100.9375],
  [0x01_90_00, 25],
  [0x00_01_00, 0.0625],
  [0x00_00_20, 0.0078125],
  [0x00_00_1f, 0], // the last five bits mean nothing
  [0xff_ff_00, -0.0625],
  [0xff_f0_00, -1],
  [0xf3_80_00, -200],
];
for (const [bits, degC] of hotRows) {
  test(`MAX31856 0x${bits.toString(16).padStart(6, "0")} is ${degC} degC`, () => {
    const type = degC > 1372 ? "B" : "K";
    assert.equal(decodeMax31856(block(bits, room), type).temperature.raw, degC);
  });
}
for (const [bits, degC] of [
  [0x7d00, 125],
  [0x4000, 64],
  [0x1900, 25],
  [0x0080, 0.5],
  [0x0004, 0.015625],
  [0xff80, -0.5],
  [0xc900, -55],
] as const) {
  test(`MAX31856: the cold junction at 0x${bits.toString(16).padStart(4, "0")} is ${degC} degC`, () => {
    assert.deepEqual(decodeMax31856(block(0x01_90_00, bits), "K").cold_junction, { raw: degC });
  });
}

const judged: readonly [name: string, hot: number, cold: number, status: number, reason: string | undefined, bound?: number][] = [
  ["a quiet thermocouple", 0x01_90_00, room, 0, undefined],
  ["an open one", 0x01_90_00, room, 0x01, "open-circuit"],
  ["a live input", 0, room, 0x02, "short-circuit"],
  ["the end of type K", 0x55_c0_00, room, 0, undefined],
  ["the end of type K with the range bit", 0x55_c0_00, room, 0x40, "saturated", 1372],
  ["beyond type K without it", 0x55_c0_20, room, 0, "saturated", 1372],
  ["the low end of type K with the range bit", 0xf3_80_00, room, 0x40, "out-of-range"],
  ["below type K without it", 0xf3_7f_00, room, 0, "out-of-range"],
  ["a chip that is too hot", 0x01_90_00, 0x7e00, 0x80, "operating-range"],
];
for (const [name, hot, cold, status, reason, bound] of judged) {
  test(`MAX31856: ${name} is ${reason ?? "a reading"}`, () => {
    const { temperature, cold_junction } = decodeMax31856(block(hot, cold, status), "K");
    assert.equal(temperature.reason, reason);
    if (bound !== undefined) assert.deepEqual([temperature.raw, temperature.bound], [bound, 1]);
    else assert.equal(temperature.raw === undefined, reason !== undefined && reason !== "operating-range");
    assert.equal(typeof cold_junction.raw, "number");
  });
}

test("MAX31856: of 30 000 random replies each is a fault, a reason, or within the type's range", () => {
  const random = seeded(2);
  let numbers = 0;
  for (let run = 0; run < 30_000; run++) {
    const reply = Uint8Array.from({ length: random() < 0.05 ? Math.floor(random() * 18) : 16 }, () => Math.floor(random() * 256));
    try {
      const { temperature } = decodeMax31856(reply, "K");
      if (temperature.raw === undefined) assert.ok(temperature.reason && temperature.detail);
      else assert.ok(temperature.raw >= -200 && temperature.raw <= 1372 && ++numbers);
    } catch (error) {
      assert.ok(isFault(error) && error.code === "sensor/malformed", String(error));
    }
  }
  assert.ok(numbers > 900, `${numbers}`);
});

const withChip = async (set: (chip: Max31856Sim) => void, options = {}, for_s = 20) => {
  const run = spiBench(planOf("max31856", 1, options), [], (clock) => {
    const chip = new Max31856Sim(clock, 3);
    set(chip);
    return chip;
  });
  await run.clock.advance(for_s);
  return run.readings;
};
const still = (mean: number) => ({ mean, swing: 0, period_s: 1, noise: 0 });

test("MAX31856: what the world is comes through, below zero and at 1200 degC, with every average and mains frequency", async () => {
  for (const [mean, average, mains_Hz] of [
    [-190, 1, 50],
    [-1, 16, 50],
    [0, 16, 60],
    [85, 4, 60],
    [1200, 2, 50],
  ] as const) {
    const readings = (await withChip((chip) => Object.assign(chip.world, { hot_degC: still(mean) }), { average, mains_Hz })).filter(
      ({ channel }) => channel === 0,
    );
    assert.ok(readings.length >= 19, `${readings.length}`);
    for (const { raw = Number.NaN, reason, detail } of readings)
      assert.ok(Math.abs(raw - mean) <= 1 / 128 && reason === undefined, `${mean}: ${raw} ${detail}`);
  }
});

test("MAX31856: the thermocouple type of the station file is set", async () => {
  const hot = (chip: Max31856Sim) => {
    chip.wired = 2;
    chip.world.hot_degC = still(300);
  };
  const of = async (thermocouple: string) => (await withChip(hot, { thermocouple })).filter(({ channel }) => channel === 0).map(({ raw = 0 }) => raw);
  assert.ok((await of("J")).every((raw) => Math.abs(raw - 300) <= 1 / 128));
  assert.ok(
    (await of("K")).every((raw) => raw > 350),
    "a type J on a chip left at type K would be far off",
  );
});

test("MAX31856: wiring faults reach the hot junction alone", async () => {
  for (const [wiring, reason] of [
    ["open", "open-circuit"],
    ["live", "short-circuit"],
  ] as const) {
    const readings = await withChip((chip) => {
      chip.world.wiring = wiring;
    });
    const of = (which: number) => readings.filter(({ channel }) => channel === which);
    assert.ok(of(0).length > 10 && of(0).every((reading) => reading.reason === reason && reading.raw === undefined));
    assert.ok(of(1).length > 10 && of(1).every((reading) => reading.reason === undefined && reading.raw !== undefined));
  }
});

test("MAX31856: a power cycle at any transfer of a reading costs lost readings and no wrong one", async () => {
  for (let transfer = 0; transfer < 8; transfer++) {
    let chip: Max31856Sim | undefined;
    let count = 0;
    const run = spiBench(
      planOf("max31856", 1, { thermocouple: "J" }),
      [],
      (clock) => {
        chip = Object.assign(new Max31856Sim(clock, 3), { wired: 2 });
        Object.assign(chip.world, { hot_degC: still(300), cold_degC: still(24) });
        return chip;
      },
      (bus) => ({
        async transfer(...at) {
          if (run.clock.monotonic_s() >= 9.9 && count++ === transfer) chip?.powerCycle();
          return bus.transfer(...at);
        },
      }),
    );
    await run.clock.advance(20);
    const bad = run.readings.filter(({ raw }) => raw === undefined);
    assert.ok(
      bad.length <= 4 && bad.every(({ reason }) => reason === "lost-config" || reason === "checksum"),
      `${transfer}: ${bad.map(({ reason }) => reason)}`,
    );
    for (const { channel, raw } of run.readings) if (raw !== undefined) assert.ok(Math.abs(raw - (channel === 0 ? 300 : 24)) <= 1 / 64, `${raw}`);
  }
});
