import assert from "node:assert/strict";
import test from "node:test";
import type { I2cBus } from "../../edge-agent/bus/i2c.ts";
import { Fault } from "../../edge-agent/core/faults.ts";
import { Ads1115Sim } from "../../edge-agent/sensors/ads1115.sim.ts";
import { bench, planOf } from "./bench.ts";

const RATE_Hz = 250;
const CONVERSION_s = 1 / RATE_Hz;
/** 100 ms up, 300 ms down to a twentieth; 10 mA over 150 ohm on top of 5 mA: 62.5 to 687.5 kPa. */
const vent = { input: "ain0_V", rise_s: 0.1, fall_s: 0.1, height: 1.5 } as const;
const BASE_kPa = 62.5;
const PEAK_kPa = 687.5;

const plan = (driver: string, outputs: readonly string[], period_s: number, options = {}) => {
  const whole = planOf(driver, period_s, options);
  return { ...whole, channels: whole.channels.filter(({ output }) => outputs.includes(output)).map((taken, channel) => ({ ...taken, channel })) };
};
const burstPlan = (options = {}, period_s = 1) => plan("ads1115-burst", ["loop", "loop_max", "loop_burst"], period_s, options);

function chipWith(vents_s: readonly number[], noise = 0) {
  return (clock: ConstructorParameters<typeof Ads1115Sim>[0]) => {
    const chip = new Ads1115Sim(clock, 3);
    chip.world.ain0_V = { mean: 0.75, swing: 0, period_s: 1, noise };
    for (const at_s of vents_s) chip.pulses.push({ ...vent, at_s });
    return chip;
  };
}

async function measured(vents_s: readonly number[], end_s: number, { noise = 0, options = {}, disturbed = (bus: I2cBus) => bus } = {}) {
  const run = bench(burstPlan(options), [], chipWith(vents_s, noise), disturbed);
  await run.clock.advance(end_s);
  assert.equal(run.failure(), undefined);
  const of = (channel: number) => run.readings.filter((reading) => reading.channel === channel);
  return { ...run, beats: of(0), peaks: of(1), burst: of(2) };
}

/** What is missing of a peak, as a share of its height. */
const missed = (raws: readonly (number | undefined)[]): number => (PEAK_kPa - Math.max(...raws.map((raw) => raw ?? 0))) / (PEAK_kPa - BASE_kPa);

test("read ten times a second a vent's peak is missed by up to a third; without a pause it is measured within one conversion", async () => {
  const [slow, fast]: [number[], number[]] = [[], []];
  for (const phase_s of [0.01, 0.03, 0.05, 0.07, 0.09]) {
    const beat = bench(plan("ads1115", ["loop0"], 0.1), [], chipWith([3 + phase_s]));
    await beat.clock.advance(5);
    slow.push(missed(beat.readings.map(({ raw }) => raw)));
    const { peaks } = await measured([3 + phase_s], 5);
    fast.push(missed(peaks.map(({ raw }) => raw)));
    assert.ok(
      peaks.every(({ reason }) => reason === undefined),
      "each is a measurement",
    );
    const highest = peaks.reduce((one, other) => ((other.raw ?? 0) > (one.raw ?? 0) ? other : one));
    assert.ok(Math.abs(highest.at_s - (3 + phase_s + vent.rise_s)) <= 3 * CONVERSION_s, `${highest.at_s}`);
  }
  assert.ok(Math.max(...slow) > 0.25 && Math.max(...slow) < 0.45, `10 Hz misses ${slow}`);
  assert.ok(Math.max(...fast) <= CONVERSION_s / vent.rise_s, `fast misses ${fast}`);
});

test("the beat goes on unchanged, on its grid, and the peaks with it", async () => {
  const { beats, peaks } = await measured([], 20, { noise: 0.001 });
  assert.ok(beats.length >= 19 && peaks.length === beats.length);
  for (const [index, { at_s, raw = Number.NaN, reason }] of beats.entries()) {
    assert.ok(reason === undefined && Math.abs(raw - BASE_kPa) < 3);
    assert.ok(Math.abs(at_s - (beats[0]?.at_s ?? 0) - index) < 0.05, `beat ${index} at ${at_s}`);
    assert.ok((peaks[index]?.raw ?? 0) >= raw);
  }
});

test("a vent is kept from two seconds before to three after, every conversion of it, in order and at its own time", async () => {
  const { burst } = await measured([8], 20, { noise: 0.001 });
  const [shown, ...kept] = burst;
  assert.ok((shown?.at_s ?? 99) < 1.1, "one reading says that the channel is there");
  const times = kept.map(({ at_s }) => at_s);
  assert.ok(times.every((at_s, index) => index === 0 || at_s > (times[index - 1] ?? 0)));
  assert.ok(Math.abs((times[0] ?? 0) - 6) < 0.1 && (times.at(-1) ?? 0) > 11 && (times.at(-1) ?? 0) < 13, `${times[0]} to ${times.at(-1)}`);
  assert.ok(
    times.every((at_s, index) => index === 0 || at_s - (times[index - 1] ?? 0) <= 2 * CONVERSION_s),
    "no gap",
  );
  assert.ok(missed(kept.map(({ raw }) => raw)) <= CONVERSION_s / vent.rise_s);
  for (const { at_s, raw = Number.NaN } of kept) {
    const since_s = at_s - 8 - CONVERSION_s; // a look later than the middle of its conversion
    const expected = since_s <= 0 ? 0 : since_s < 0.1 ? since_s / 0.1 : Math.exp((0.1 - since_s) / 0.1);
    assert.ok(Math.abs(raw - BASE_kPa - expected * (PEAK_kPa - BASE_kPa)) < 45, `${raw} at ${at_s}`);
  }
});

test("without an event the burst says once that it is there, and no more", async () => {
  const { burst } = await measured([], 30, { noise: 0.001 });
  assert.equal(burst.length, 1);
});

test("the station's own step decides what an event is", async () => {
  for (const [step_kPa, isEvent] of [
    [300, true],
    [700, false],
  ] as const) {
    const stepped = burstPlan();
    const channels = stepped.channels.map((taken) => (taken.output === "loop_burst" ? { ...taken, keys: { ...taken.keys, step: step_kPa } } : taken));
    const run = bench({ ...stepped, channels }, [], chipWith([4]));
    await run.clock.advance(10);
    assert.equal(run.readings.filter(({ channel }) => channel === 2).length > 100, isEvent, `${step_kPa} kPa`);
  }
});

/** Looks at the conversion fail in a span of run time. */
const deaf = (run: () => { monotonic_s(): number } | undefined, from_s: number, to_s: number) => (bus: I2cBus) => ({
  ...bus,
  async writeRead(address: number, pointer: number, length: number) {
    const at_s = run()?.monotonic_s() ?? 0;
    if (pointer === 0 && at_s >= from_s && at_s < to_s) throw new Fault("bus/no-reply", "no acknowledge");
    return bus.writeRead(address, pointer, length);
  },
});

test("a gap in the looks makes that beat's peak a lower bound that says so, and no other", async () => {
  let clock: { monotonic_s(): number } | undefined;
  const chip = chipWith([]);
  const run = bench(
    burstPlan(),
    [],
    (of) => {
      clock = of;
      return chip(of);
    },
    deaf(() => clock, 5.2, 5.23),
  );
  await run.clock.advance(10);
  const peaks = run.readings.filter(({ channel }) => channel === 1);
  const gaps = peaks.filter(({ reason }) => reason !== undefined);
  assert.equal(gaps.length, 1);
  assert.deepEqual([gaps[0]?.reason, gaps[0]?.bound], ["gaps", 1]);
  assert.match(gaps[0]?.detail ?? "", /conversions, the longest gap 3\d\.\d ms: the truth is at least this/);
  assert.ok(
    run.readings.filter(({ channel }) => channel === 0).every(({ reason }) => reason === undefined),
    "the beat itself is none the worse",
  );
});

test("when the chip dies in a vent, all that it gave until its last proof is handed over before the failure", async () => {
  const run = bench(burstPlan(), [{ fault: "nack", at_s: 5.9 }], chipWith([5]));
  await run.clock.advance(9);
  const burst = run.readings.filter(({ channel }) => channel === 2).slice(1);
  const failed = burst.findIndex(({ raw }) => raw === undefined);
  const kept = burst.slice(0, failed);
  assert.ok((kept[0]?.at_s ?? 0) < 3.2 && (kept.at(-1)?.at_s ?? 0) > 5.3 && (kept.at(-1)?.at_s ?? 9) < 5.9, `${kept[0]?.at_s} to ${kept.at(-1)?.at_s}`);
  assert.ok(missed(kept.map(({ raw }) => raw)) <= CONVERSION_s / vent.rise_s);
  assert.ok(burst.slice(failed).every(({ reason }) => reason === "no-reply"));
});

test("a transmitter that fails in the beat makes the peak a lower bound; one that stays failed gives no number", async () => {
  const run = bench(burstPlan(), [], (clock) => {
    const chip = chipWith([])(clock);
    chip.pulses.push({ input: "ain0_V", at_s: 4.5, rise_s: 0.01, fall_s: 1e9, height: 2.5 }); // 21.7 mA
    return chip;
  });
  await run.clock.advance(8);
  const peaks = run.readings.filter(({ channel }) => channel === 1).map(({ raw, reason, bound }) => [raw !== undefined, reason, bound]);
  assert.deepEqual(peaks.slice(3, 6), [
    [true, undefined, undefined],
    [true, "gaps", 1],
    [false, "short-circuit", undefined],
  ]);
});

test("the data rate is set as the station says and read back, and no message carries more than 512 readings of a burst", async () => {
  for (const [rate_Hz, bits] of [
    [128, 0x80],
    [250, 0xa0],
    [475, 0xc0],
  ] as const) {
    const rates = new Set<number>();
    const { burst } = await measured([4], 12, {
      options: { rate_Hz },
      disturbed: (bus) => ({
        ...bus,
        async write(address, bytes) {
          if (bytes[0] === 1) rates.add((bytes[2] ?? 0) & 0xe0);
          await bus.write(address, bytes);
        },
      }),
    });
    assert.deepEqual([...rates], [bits]);
    assert.ok(burst.length >= 5 * rate_Hz, `${burst.length} readings at ${rate_Hz} Hz`);
  }
  const lost = await measured([], 6, {
    disturbed: (bus) => ({
      ...bus,
      write: (address, bytes) => bus.write(address, bytes[0] === 1 ? Uint8Array.of(1, bytes[1] ?? 0, (bytes[2] ?? 0) & 0x1f) : bytes), // always 8 Hz
    }),
  });
  assert.ok(lost.readings.length > 0 && lost.readings.every(({ raw, reason }) => raw === undefined && (reason === "lost-config" || reason === "not-ready")));
});

test("a power cycle at any transfer never gives a number that was not measured", async () => {
  for (let transfer = 0; transfer < 12; transfer++) {
    let chip: Ads1115Sim | undefined;
    let count = 0;
    // around the end of the fifth half second, where the chip is asked, set and read back
    const cut = async <T>(done: Promise<T>): Promise<T> => {
      const result = await done;
      if (run.clock.monotonic_s() >= 2.49 && count++ === transfer) chip?.powerCycle();
      return result;
    };
    const run = bench(
      burstPlan(),
      [],
      (clock) => {
        chip = chipWith([])(clock);
        return chip;
      },
      (bus) => ({ write: (...at) => cut(bus.write(...at)), read: (...at) => cut(bus.read(...at)), writeRead: (...at) => cut(bus.writeRead(...at)) }),
    );
    await run.clock.advance(6);
    const bad = run.readings.filter(({ raw }) => raw === undefined);
    assert.ok(bad.length === 3 && bad.every(({ reason }) => reason === "lost-config"), `${transfer}: ${bad.map(({ reason }) => reason)}`);
    assert.ok(run.readings.every(({ raw = BASE_kPa }) => Math.abs(raw - BASE_kPa) < 0.1));
  }
});

test("a chip that was not set going again is set going before it is believed, and never shows an old value", async () => {
  let clock: { monotonic_s(): number } | undefined;
  const run = bench(
    burstPlan(),
    [],
    (of) => {
      clock = of;
      const chip = chipWith([])(of);
      chip.pulses.push({ input: "ain0_V", at_s: 5.2, rise_s: 0.01, fall_s: 1e9, height: 1.5 });
      return chip;
    },
    (bus) => ({
      ...bus,
      async write(address, bytes) {
        const at_s = clock?.monotonic_s() ?? 0;
        const goesOn = bytes[0] === 1 && ((bytes[1] ?? 0) & 0x01) === 0;
        if (goesOn && at_s >= 4.9 && at_s < 5.1) throw new Fault("bus/no-reply", "no acknowledge");
        await bus.write(address, bytes);
      },
    }),
  );
  await run.clock.advance(9);
  assert.ok(run.readings.some(({ reason }) => reason === "no-reply"));
  const after = run.readings.filter(({ at_s, raw }) => at_s > 5.3 && raw !== undefined);
  assert.ok(after.length > 6);
  for (const { at_s, raw = Number.NaN } of after) assert.ok(Math.abs(raw - PEAK_kPa) < 0.2, `${raw} at ${at_s}`);
});
