import assert from "node:assert/strict";
import test from "node:test";
import { isFault } from "../../edge-agent/core/faults.ts";
import { Ds18b20Sim } from "../../edge-agent/sensors/ds18b20.sim.ts";
import { dallasCrc, decodeDs18b20, isPowerUpPattern } from "../../edge-agent/sensors/ds18b20.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import type { VirtualClock } from "../support/virtual-clock.ts";
import { oneWireBench, planOf } from "./bench.ts";

/** A scratchpad with its checksum. */
const pad = (word: number, count = 0x10 - (word & 0xf), configuration = 0x7f) => {
  const bytes = [word & 0xff, (word >> 8) & 0xff, 0x4b, 0x46, configuration, 0xff, count, 0x10];
  return Uint8Array.of(...bytes, dallasCrc(Uint8Array.from(bytes)));
};

test("DS18B20: the checksum of a scratchpad as after power-up is 0x1c", () => {
  assert.equal(dallasCrc(Uint8Array.of(0x50, 0x05, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10)), 0x1c);
  assert.equal(dallasCrc(Uint8Array.of(0xb8, 0x01, 0x4b, 0x46, 0x7f, 0xff, 0x08, 0x10)), 0x8a); // 27.5 degC, as Linux showed one
});

/** Table 1 of the data sheet. */
const rows: readonly [word: number, degC: number][] = [
  [0x07d0, 125],
  [0x0550, 85],
  [0x0191, 25.0625],
  [0x00a2, 10.125],
  [0x0008, 0.5],
  [0x0000, 0],
  [0xfff8, -0.5],
  [0xff5e, -10.125],
  [0xfe6f, -25.0625],
  [0xfc90, -55],
];
for (const [word, degC] of rows) test(`DS18B20 0x${word.toString(16).padStart(4, "0")} is ${degC} degC`, () => assert.equal(decodeDs18b20(pad(word)), degC));

test("DS18B20: at a lower resolution the low bits mean nothing", () => {
  assert.deepEqual(
    [0x1f, 0x3f, 0x5f, 0x7f].map((configuration) => decodeDs18b20(pad(0x019f, 0x01, configuration))),
    [25.5, 25.75, 25.875, 25.9375],
  );
  assert.equal(decodeDs18b20(pad(0xff5f, 0x01, 0x1f)), -10.5);
});

test("DS18B20: 85 degC as after power-up differs from one that a genuine part measured", () => {
  assert.deepEqual([isPowerUpPattern(pad(0x0550, 0x0c)), isPowerUpPattern(pad(0x0550)), isPowerUpPattern(pad(0x0551, 0x0c))], [true, false, false]);
});

for (const [name, bytes, code] of [
  ["all zeros, whose checksum is right", new Uint8Array(9), "sensor/wrong-device"],
  ["all ones", new Uint8Array(9).fill(0xff), "sensor/checksum"],
  ["another configuration", pad(0x0191, 0x0f, 0xff), "sensor/wrong-device"],
  ["a missing byte", pad(0x0191).subarray(0, 8), "sensor/malformed"],
  ["nothing", new Uint8Array(), "sensor/malformed"],
] as const) {
  test(`DS18B20: ${name} is ${code}`, () => assert.throws(() => decodeDs18b20(bytes), { code }));
}

test("DS18B20: every single flipped bit is told", () => {
  for (let bit = 0; bit < 72; bit++) {
    const bytes = pad(0x0191);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.throws(() => decodeDs18b20(bytes), { code: "sensor/checksum" });
  }
});

test("DS18B20: of 30 000 random replies one in 256 passes the checksum, and all others are faults", () => {
  const random = seeded(2);
  let passed = 0;
  for (let run = 0; run < 30_000; run++) {
    const reply = Uint8Array.from({ length: random() < 0.1 ? Math.floor(random() * 12) : 9 }, () => Math.floor(random() * 256));
    if (reply.length === 9) reply[4] = 0x7f;
    try {
      decodeDs18b20(reply);
      passed++;
    } catch (error) {
      assert.ok(isFault(error), String(error));
    }
  }
  assert.ok(passed > 70 && passed < 150, `${passed}`);
});

const still = (mean: number) => ({ mean, swing: 0, period_s: 1, noise: 0 });
const withChip = async (set: (chip: Ds18b20Sim, clock: VirtualClock) => void, for_s = 60) => {
  const run = oneWireBench(planOf("ds18b20"), [], (clock) => {
    const chip = new Ds18b20Sim(clock, 3);
    set(chip, clock);
    return chip;
  });
  await run.clock.advance(for_s);
  assert.deepEqual([run.overdue, run.failure()], [[], undefined]);
  return run.readings;
};

test("DS18B20: what the world is comes through, at every resolution", async () => {
  for (const mean of [-54, -0.06, 25, 85, 124])
    for (const resolution of [9, 10, 11, 12]) {
      const readings = await withChip((chip) => Object.assign(chip, { world: { temperature_degC: still(mean) }, resolution }));
      assert.ok(readings.length > 50);
      for (const { raw = Number.NaN, reason } of readings)
        assert.ok(Math.abs(raw - mean) <= 2 ** (8 - resolution) && reason === undefined, `${mean}: ${raw} ${reason}`);
    }
});

test("DS18B20: at the ends of its range the truth may lie beyond", async () => {
  for (const [mean, bound] of [
    [125, 1],
    [127, 1],
    [-60, -1],
  ] as const) {
    const readings = await withChip((chip) => Object.assign(chip.world, { temperature_degC: still(mean) }));
    assert.ok(readings.every((reading) => reading.bound === bound && reading.reason === "operating-range" && reading.raw !== undefined));
  }
});

test("DS18B20: a supply that drops while the chip converts gives no 85 degC, at 26 degC and at 85 degC alike", async () => {
  for (const mean of [26, 84.5, 85]) {
    const run = oneWireBench(planOf("ds18b20"), [{ fault: "not-ready", at_s: 30 }], (clock) =>
      Object.assign(new Ds18b20Sim(clock, 3), { world: { temperature_degC: still(mean) } }),
    );
    await run.clock.advance(630);
    const late = run.readings.filter(({ at_s }) => at_s > 100);
    assert.ok(late.length > 400 && late.every(({ raw, reason }) => raw === undefined && reason === "not-ready"), `${mean}: ${late[0]?.raw}`);
    for (const { raw } of run.readings) if (raw !== undefined) assert.ok(Math.abs(raw - mean) <= 1);
  }
});

test("DS18B20: a power cycle in the middle of a conversion costs its reading", async () => {
  const readings = await withChip((chip, clock) => void clock.sleep(20.4).then(() => chip.powerCycle()));
  const bad = readings.filter(({ raw }) => raw === undefined);
  assert.deepEqual(
    bad.map(({ reason }) => reason),
    ["not-ready"],
  );
});

test("DS18B20: a counterfeit that passes through 85 degC loses no reading of it, and one that has nothing to show for it does", async () => {
  const warming = await withChip((chip) =>
    Object.assign(chip, { genuine: false, world: { temperature_degC: { mean: 84.5, swing: 0.7, period_s: 90, noise: 0 } } }),
  );
  assert.ok(warming.some(({ raw }) => raw === 85) && warming.every(({ raw }) => raw !== undefined));
  const constant = await withChip((chip) => Object.assign(chip, { genuine: false, world: { temperature_degC: still(85) } }));
  assert.ok(constant.length > 50 && constant.every(({ raw, reason }) => raw === undefined && reason === "not-ready"));
});

test("DS18B20: another family is refused", async () => {
  const plan = { ...planOf("ds18b20"), address: "10-0123456789ab" };
  const run = oneWireBench(plan, [], (clock) => new Ds18b20Sim(clock, 3));
  await run.clock.advance(10);
  assert.ok(run.readings.length > 0 && run.readings.every(({ reason, detail }) => reason === "wrong-device" && detail?.includes("begins with 28-")));
});
