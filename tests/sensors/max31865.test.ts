import assert from "node:assert/strict";
import test from "node:test";
import { isFault } from "../../edge-agent/core/faults.ts";
import { Max31865Sim } from "../../edge-agent/sensors/max31865.sim.ts";
import { decodeMax31865 } from "../../edge-agent/sensors/max31865.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { planOf, spiBench } from "./bench.ts";

const pt100 = { element_ohm: 100, reference_ohm: 400 };
/** All eight registers with this result and status. */
const block = (code: number, status = 0) => Uint8Array.of(0x01, code >> 7, (code << 1) & 0xff, 0xf8, 0, 0x0b, 0xd8, status);

/** The codes nearest to what IEC 60751 gives a PT100, with a reference of 400 ohm: 81.92 steps an ohm, so that half a step is 0.016 K or more. */
const rows: readonly [code: number, ohm: number, degC: number][] = [
  [0x19b3, 80.306, -50],
  [0x2000, 100, 0],
  [0x2c52, 138.506, 100],
  [0x3846, 175.856, 200],
  [0x4f12, 247.092, 400],
];
for (const [code, ohm, degC] of rows) {
  test(`MAX31865 0x${code.toString(16)} at 400 ohm is ${ohm} ohm, ${degC} degC`, () => {
    assert.ok(Math.abs(code - ohm * 81.92) <= 0.5);
    const { raw = Number.NaN } = decodeMax31865(block(code), pt100);
    assert.ok(Math.abs(raw - degC) <= 0.018, `${raw}`);
  });
}

const judged: readonly [name: string, code: number, status: number, reason: string | undefined, bound?: number][] = [
  ["a sound element", 0x2000, 0, undefined],
  ["an open element", 0x7fff, 0xa0, "open-circuit"],
  ["an open FORCE- lead", 0x2000, 0x20, "open-circuit"],
  ["a shorted element", 0x0001, 0x40, "short-circuit"],
  ["a lead on ground", 0x2000, 0x18, "short-circuit"],
  ["a live lead", 0x2000, 0x04, "short-circuit"],
  ["an open element at any resistance", 0x7d00, 0x20, "open-circuit"],
  ["more than 850 degC without a fault", 0x7f00, 0, "saturated", 850],
  ["more than 850 degC by the threshold, with the current there", 0x7f00, 0x80, "saturated", 850],
  ["less than -200 degC without a fault", 0x0400, 0, "out-of-range"],
];
for (const [name, code, status, reason, bound] of judged) {
  test(`MAX31865: ${name} is ${reason ?? "a reading"}`, () => {
    const measured = decodeMax31865(block(code, status), pt100);
    assert.equal(measured.reason, reason);
    if (bound === undefined) assert.equal(measured.raw === undefined, reason !== undefined);
    else assert.deepEqual([measured.raw, measured.bound], [bound, 1]);
  });
}

test("MAX31865: where the reference resistor ends the range, the end is the lower bound", () => {
  const { raw = 0, bound, reason } = decodeMax31865(block(0x7fff, 0x80), { element_ohm: 100, reference_ohm: 300 });
  assert.ok(bound === 1 && reason === "saturated" && Math.abs(raw - 557.7) < 0.5, `${raw}`);
});

test("MAX31865: of 30 000 random replies each is a fault, a reason, or a temperature that platinum can have", () => {
  const random = seeded(2);
  let numbers = 0;
  for (let run = 0; run < 30_000; run++) {
    const reply = Uint8Array.from({ length: random() < 0.05 ? Math.floor(random() * 10) : 8 }, () => Math.floor(random() * 256));
    if (random() < 0.5) reply[7] = 0;
    try {
      const { raw, reason, detail } = decodeMax31865(reply, pt100);
      if (raw === undefined) assert.ok(reason && detail);
      else assert.ok(raw >= -200.001 && raw <= 850.001 && ++numbers);
    } catch (error) {
      assert.ok(isFault(error) && error.code === "sensor/malformed", String(error));
    }
  }
  assert.ok(numbers > 6000, `${numbers}`);
});

const still = (mean: number) => ({ mean, swing: 0, period_s: 1, noise: 0 });
const withChip = async (set: (chip: Max31865Sim) => void, options = {}) => {
  const run = spiBench(planOf("max31865", 1, options), [], (clock) => {
    const chip = new Max31865Sim(clock, 3);
    set(chip);
    return chip;
  });
  await run.clock.advance(20);
  return run.readings;
};

test("MAX31865: what the world is comes through, PT100 and PT1000, 50 and 60 Hz", async () => {
  for (const [mean, element, element_ohm, reference, mains_Hz] of [
    [-190, "PT100", 100, 430, 50],
    [-0.1, "PT1000", 1000, 4300, 60],
    [85, "PT100", 100, 430, 60],
    [840, "PT1000", 1000, 4000, 50],
  ] as const) {
    const readings = await withChip(
      (chip) => {
        chip.world.temperature_degC = still(mean);
        chip.fitted = { element_ohm, reference_ohm: reference, wires: 4 };
      },
      { element, reference, mains_Hz },
    );
    assert.ok(readings.length >= 19);
    for (const { raw = Number.NaN, reason, detail } of readings) assert.ok(Math.abs(raw - mean) < 0.04 && reason === undefined, `${mean}: ${raw} ${detail}`);
  }
});

test("MAX31865: three wires are told to the chip, which takes the third lead's share away; two and four are not", async () => {
  const at = async (fitted: number, wires: number) => {
    const readings = await withChip(
      (chip) => {
        chip.world.temperature_degC = still(25);
        chip.fitted.wires = fitted;
      },
      { wires },
    );
    return readings.at(-1)?.raw ?? Number.NaN;
  };
  for (const wires of [2, 3, 4]) assert.ok(Math.abs((await at(wires, wires)) - 25) < 0.04, `${wires}`);
  assert.ok((await at(3, 4)) > 26); // half an ohm is 1.3 K
});

test("MAX31865: each wiring fault is told, by the thresholds or by the chip's test of the leads", async () => {
  for (const [wiring, reason] of [
    ["open", "open-circuit"],
    ["force-open", "open-circuit"],
    ["shorted", "short-circuit"],
    ["grounded", "short-circuit"],
    ["live", "short-circuit"],
  ] as const) {
    const readings = await withChip((chip) => {
      chip.world.wiring = wiring;
    });
    assert.ok(
      readings.length >= 19 && readings.every((reading) => reading.reason === reason && reading.raw === undefined),
      `${wiring}: ${readings[0]?.detail}`,
    );
  }
});

test("MAX31865: a fault that has passed is forgotten", async () => {
  let world: Max31865Sim["world"] | undefined;
  const run = spiBench(planOf("max31865"), [], (clock) => {
    const chip = new Max31865Sim(clock, 3);
    world = chip.world;
    return chip;
  });
  if (world !== undefined) world.wiring = "open";
  await run.clock.advance(10);
  if (world !== undefined) world.wiring = "sound";
  await run.clock.advance(20);
  assert.ok(run.readings.some(({ at_s, reason }) => at_s < 10 && reason === "open-circuit"));
  assert.ok(run.readings.filter(({ at_s }) => at_s > 11).every(({ raw }) => raw !== undefined));
});

test("MAX31865: a power cycle at any transfer of a reading costs lost readings and no wrong one", async () => {
  for (let transfer = 0; transfer < 9; transfer++) {
    let chip: Max31865Sim | undefined;
    let count = 0;
    const run = spiBench(
      planOf("max31865"),
      [],
      (clock) => {
        chip = new Max31865Sim(clock, 3);
        chip.world.temperature_degC = still(300);
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
      bad.length <= 2 && bad.every(({ reason }) => reason === "lost-config" || reason === "checksum"),
      `${transfer}: ${bad.map(({ detail }) => detail)}`,
    );
    for (const { raw } of run.readings) if (raw !== undefined) assert.ok(Math.abs(raw - 300) < 0.04, `${transfer}: ${raw}`);
  }
});
