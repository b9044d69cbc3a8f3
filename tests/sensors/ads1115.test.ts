import assert from "node:assert/strict";
import test from "node:test";
import { isFault } from "../../edge-agent/core/faults.ts";
import { Ads1115Sim } from "../../edge-agent/sensors/ads1115.sim.ts";
import { ads1115, decodeAds1115 } from "../../edge-agent/sensors/ads1115.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { bench, planOf } from "./bench.ts";

const pair = (word: number) => Uint8Array.of(word >> 8, word & 0xff);

/** The data sheet's step for each full scale, in uV. */
const steps: readonly [fullScale_V: number, step_uV: number][] = [
  [6.144, 187.5],
  [4.096, 125],
  [2.048, 62.5],
  [1.024, 31.25],
  [0.512, 15.625],
  [0.256, 7.8125],
];
for (const [fullScale_V, step_uV] of steps) {
  test(`ADS1115 at ${fullScale_V} V: one step is ${step_uV} uV, and either end a bound`, () => {
    const at = (word: number) => decodeAds1115(pair(word), fullScale_V, 10);
    assert.deepEqual(at(0x0000), { raw: 0 });
    for (const [word, count] of [
      [0x0001, 1],
      [0xffff, -1],
      [0x7ffe, 32_766],
      [0x8001, -32_767],
    ] as const)
      assert.ok(Math.abs((at(word).raw ?? Number.NaN) - (count * step_uV) / 1e6) < 1e-9 && at(word).reason === undefined, `${at(word).raw}`);
    assert.deepEqual([at(0x7fff).bound, at(0x7fff).reason], [1, "saturated"]);
    assert.deepEqual([at(0x8000).bound, at(0x8000).reason], [-1, "saturated"]);
  });
}

test("ADS1115: every full scale of the station file has its step here", () => {
  assert.deepEqual(ads1115.options.full_scale_V, { choices: steps.map(([fullScale_V]) => fullScale_V), default: 4.096 });
});

test("ADS1115: from the supply on a voltage is a lower bound, below it a reading", () => {
  const below = decodeAds1115(pair(17_599), 6.144, 3.3);
  assert.ok(Math.abs((below.raw ?? Number.NaN) - 3.2998125) < 1e-9 && below.reason === undefined);
  const there = decodeAds1115(pair(17_600), 6.144, 3.3);
  assert.ok(Math.abs((there.raw ?? Number.NaN) - 3.3) < 1e-9);
  assert.deepEqual([there.bound, there.reason], [1, "saturated"]);
});

test("ADS1115: of every word and of random lengths each is a fault or within the full scale", () => {
  for (let code = 0; code <= 0xffff; code++) {
    const { raw = Number.NaN, bound, reason } = decodeAds1115(pair(code), 4.096, 3.3);
    assert.ok(Math.abs(raw) <= 4.096 && (bound === undefined) === (reason === undefined));
  }
  const random = seeded(2);
  for (let run = 0; run < 1000; run++) {
    const reply = new Uint8Array(Math.floor(random() * 5));
    if (reply.length !== 2) assert.throws(() => decodeAds1115(reply, 4.096, 3.3), isFault);
  }
});

/** The chip with these outputs taken, a channel each. */
const planWith = (outputs: readonly string[], options: Record<string, number> = {}, period_s = 1) => {
  const plan = planOf("ads1115", period_s, options);
  const channels = plan.channels.filter(({ output }) => outputs.includes(output)).map((taken, channel) => ({ ...taken, channel }));
  return { ...plan, channels };
};
const voltages = ["ain0", "ain1", "ain2", "ain3"];

const still = (mean: number) => ({ mean, swing: 0, period_s: 1, noise: 0 });
const withChip = async (options: Record<string, number>, set: (chip: Ads1115Sim) => void, outputs = voltages) => {
  const run = bench(planWith(outputs, options), [], (clock) => {
    const chip = new Ads1115Sim(clock, 3);
    set(chip);
    return chip;
  });
  await run.clock.advance(20);
  assert.equal(run.failure(), undefined);
  return run.readings;
};

test("ADS1115: each input comes through as itself, at every full scale", async () => {
  for (const [fullScale_V] of steps) {
    const inputs = [0.01, 0.3, 0.6, 0.95].map((share) => share * Math.min(fullScale_V, 3.4));
    const [ain0_V, ain1_V, ain2_V, ain3_V] = inputs.map(still);
    const readings = await withChip({ full_scale_V: fullScale_V }, (chip) => Object.assign(chip.world, { ain0_V, ain1_V, ain2_V, ain3_V }));
    assert.equal(readings.length, 4 * 20);
    for (const { channel, raw = Number.NaN, reason } of readings)
      assert.ok(reason === undefined && Math.abs(raw - (inputs[channel] ?? Number.NaN)) <= fullScale_V / 32_768, `${fullScale_V} ${channel}: ${raw} ${reason}`);
  }
});

test("ADS1115: beyond the full scale, and beyond the supply, an input is a bound while the others are read", async () => {
  const high = (chip: Ads1115Sim) => Object.assign(chip.world, { ain1_V: still(4.5) });
  for (const [options, at_V] of [
    [{ full_scale_V: 2.048 }, 2.048],
    [{ full_scale_V: 6.144 }, 3.6], // clamped by a supply of 3.3 V
  ] as const) {
    const readings = await withChip(options, (chip) => Object.assign(high(chip), { ain2_V: still(1), ain3_V: still(1) }));
    for (const { channel, raw = Number.NaN, bound, reason } of readings)
      if (channel === 1) assert.ok(bound === 1 && reason === "saturated" && Math.abs(raw - at_V) < 0.001, `${raw} ${reason}`);
      else assert.equal(reason, undefined);
  }
  const powered = await withChip({ full_scale_V: 6.144, supply_V: 5 }, (chip) => {
    chip.supply_V = 5;
    high(chip);
  });
  assert.ok(powered.every(({ reason }) => reason === undefined));
});

test("ADS1115: a thermometer that keeps 12 bits of a limit at the same address is refused", async () => {
  const readings = await withChip({}, (chip) => {
    const write = chip.write.bind(chip);
    chip.write = (bytes) => write(bytes.length === 3 ? Uint8Array.of(bytes[0] ?? 0, bytes[1] ?? 0, (bytes[2] ?? 0) & 0xf0) : bytes);
  });
  assert.ok(readings.length > 0 && readings.every(({ raw, reason }) => raw === undefined && reason === "wrong-device"));
});

test("ADS1115: a power cycle at any transfer costs a reading at most, and never gives a number", async () => {
  for (let transfer = 0; transfer < 20; transfer++) {
    let chip: Ads1115Sim | undefined;
    let count = 0;
    const cut = async <T>(done: Promise<T>): Promise<T> => {
      const result = await done;
      if (run.clock.monotonic_s() >= 9.9 && count++ === transfer) chip?.powerCycle();
      return result;
    };
    const run = bench(
      planWith(voltages),
      [],
      (clock) => {
        chip = new Ads1115Sim(clock, 3);
        Object.assign(chip.world, { ain0_V: still(1), ain1_V: still(1), ain2_V: still(1), ain3_V: still(1) });
        return chip;
      },
      (bus) => ({ write: (...at) => cut(bus.write(...at)), read: (...at) => cut(bus.read(...at)), writeRead: (...at) => cut(bus.writeRead(...at)) }),
    );
    await run.clock.advance(20);
    const bad = run.readings.filter(({ raw }) => raw === undefined);
    assert.ok(bad.length <= 4 && bad.every(({ reason }) => reason === "lost-config"), `${transfer}: ${bad.map(({ reason }) => reason)}`);
    assert.ok(run.readings.every(({ raw = 1 }) => Math.abs(raw - 1) < 0.001));
  }
});

test("ADS1115: loop, ratio and divider come through the chip, and each fault of a transducer costs its own channels alone", async () => {
  const inputs = { ain0_V: still(1.8), ain1_V: still(0.45), ain2_V: still(1), ain3_V: still(3) };
  const outputs = ["loop0", "loop1", "linear2", "ratio2"]; // 12 mA, 3 mA; 1 V of 10 V; a third of the supply at AIN3
  const readings = await withChip({}, (chip) => Object.assign(chip.world, inputs), outputs);
  const of = (channel: number) => readings.filter((reading) => reading.channel === channel);
  for (const { raw = Number.NaN, reason } of of(0)) assert.ok(Math.abs(raw - 500) < 0.1 && reason === undefined);
  for (const { raw, reason, detail } of of(1)) assert.ok(raw === undefined && reason === "open-circuit" && detail?.includes("3.00 mA"), detail);
  const expected_kPa = ((1 / 3 - 0.1) / 0.8) * 1000;
  for (const { raw = Number.NaN } of of(2)) assert.ok(Math.abs(raw - expected_kPa) < 0.2, `${raw}`);
  for (const { raw = Number.NaN } of of(3)) assert.ok(Math.abs(raw - 100) < 0.1, `${raw}`);
});

test("ADS1115: only inputs that somebody takes are converted, and one of them keeps a beat of 25 ms", async () => {
  for (const [outputs, settings] of [
    [["loop2"], [0x62]],
    [
      ["ratio0", "linear0"],
      [0x42, 0x72],
    ],
  ] as const) {
    const seen = new Set<number>();
    const run = bench(planWith(outputs, {}, 0.025), [], undefined, (bus) => ({
      ...bus,
      async write(address, bytes) {
        if (bytes[0] === 1) seen.add((bytes[1] ?? 0) & 0x7e);
        await bus.write(address, bytes);
      },
    }));
    await run.clock.advance(10);
    assert.deepEqual(
      [...seen].sort((one, other) => one - other),
      settings,
    );
    assert.ok(run.readings.length >= 10 / 0.025 - 2 && run.readings.every(({ reason }) => reason === undefined), `${run.readings.length}`);
  }
});
