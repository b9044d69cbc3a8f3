import assert from "node:assert/strict";
import test from "node:test";
import { isFault } from "../../edge-agent/core/faults.ts";
import { fullScale_kPa } from "../../edge-agent/sensors/honeywell.ts";
import { MprlsSim } from "../../edge-agent/sensors/mprls.sim.ts";
import { decodeMprls, type MprlsFunction, mprls } from "../../edge-agent/sensors/mprls.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { bench, planOf } from "./bench.ts";

const reply = (counts: number, status = 0x40) => Uint8Array.of(status, counts >> 16, (counts >> 8) & 0xff, counts & 0xff);

/** Full scale in Pa of every range of the station file: Linux' default for 25 psi, the others as its hsc030pa lists them. */
const pascals: Readonly<Record<string, number>> = {
  "0015PA": 103_421,
  "0025PA": 172_369,
  "0030PA": 206_843,
  "0001BA": 100_000,
  "01.6BA": 160_000,
  "02.5BA": 250_000,
  "0100KA": 100_000,
  "0160KA": 160_000,
  "0250KA": 250_000,
};

test("MPRLS: the range of the part number is what the maker's table says", () => {
  assert.deepEqual(mprls.options.range, { choices: Object.keys(pascals) });
  for (const [range, Pa] of Object.entries(pascals)) assert.ok(Math.abs(fullScale_kPa(range) - Pa / 1000) < 0.001, range);
});

/** The data sheet's formula at both ends and in the middle of each transfer function, for 25 psi. */
const rows: readonly [letter: MprlsFunction, counts: number, kPa: number][] = [
  ["A", 1_677_722, 0],
  ["A", 8_388_608, 86.1845],
  ["A", 15_099_494, 172.3689],
  ["B", 419_430, 0],
  ["B", 2_097_152, 86.1845],
  ["B", 3_774_874, 172.3689],
  ["C", 3_355_443, 0],
  ["C", 8_388_608, 86.1845],
  ["C", 13_421_773, 172.3689],
];
for (const [letter, counts, kPa] of rows) {
  test(`MPRLS 0025PA, function ${letter}: ${counts} counts are ${kPa} kPa`, () => {
    const { pressure } = decodeMprls(reply(counts), letter, fullScale_kPa("0025PA"));
    assert.ok(Math.abs((pressure.raw ?? Number.NaN) - kPa) < 1e-4 && pressure.reason === undefined, `${pressure.raw}`);
  });
}

test("MPRLS: beyond full scale is a lower bound, less than a vacuum is no reading", () => {
  const beyond = decodeMprls(reply(15_099_495), "A", 100).pressure;
  assert.deepEqual([beyond.raw, beyond.bound, beyond.reason], [100, 1, "saturated"]);
  const none = decodeMprls(reply(1_677_721), "A", 100).pressure;
  assert.deepEqual([none.raw, none.reason], [undefined, "out-of-range"]);
});

test("MPRLS: an overflow in the part's arithmetic is pressure beyond its range, unless the counts are at the low end", () => {
  for (const counts of [15_099_495, 16_777_215, 8_388_608]) {
    const { raw, bound, reason } = decodeMprls(reply(counts, 0x41), "A", 100).pressure;
    assert.deepEqual([raw, bound, reason], [100, 1, "saturated"], `${counts}`);
  }
  for (const counts of [0, 1_677_721]) {
    const { raw, reason } = decodeMprls(reply(counts, 0x41), "A", 100).pressure;
    assert.deepEqual([raw, reason], [undefined, "out-of-range"], `${counts}`);
  }
});

test("MPRLS: every status byte but 0x40 and an overflow is a fault", () => {
  for (let status = 0; status < 256; status++) {
    if (status === 0x41) continue;
    if (status === 0x40) assert.ok(decodeMprls(reply(8_388_608, status), "A", 100).pressure.raw);
    else assert.throws(() => decodeMprls(reply(8_388_608, status), "A", 100), isFault);
  }
  for (const [status, code] of [
    [0x60, "sensor/not-ready"],
    [0x44, "sensor/checksum"],
    [0x45, "sensor/checksum"],
    [0x00, "sensor/wrong-device"],
    [0xff, "sensor/wrong-device"],
  ] as const)
    assert.throws(() => decodeMprls(reply(8_388_608, status), "A", 100), { code });
});

test("MPRLS: of 100 000 random replies each is a fault, a reason, or within the part's range", () => {
  const random = seeded(2);
  for (let run = 0; run < 100_000; run++) {
    const bytes = Uint8Array.from({ length: random() < 0.1 ? Math.floor(random() * 6) : 4 }, () => Math.floor(random() * 256));
    if (run % 2 && bytes.length > 0) bytes[0] = 0x40;
    try {
      const { pressure } = decodeMprls(bytes, "A", 100);
      assert.ok(pressure.raw === undefined ? pressure.reason === "out-of-range" : pressure.raw >= 0 && pressure.raw <= 100);
    } catch (error) {
      assert.ok(isFault(error), String(error));
    }
  }
});

const still = (mean: number) => ({ mean, swing: 0, period_s: 1, noise: 0 });
const withChip = async (transfer: string, set: (chip: MprlsSim) => void) => {
  const run = bench(planOf("mprls", 1, { range: "02.5BA", transfer }), [], (clock) => {
    const chip = new MprlsSim(clock, 3, 250, transfer);
    set(chip);
    return chip;
  });
  await run.clock.advance(20);
  assert.equal(run.failure(), undefined);
  return run.readings;
};

test("MPRLS: what the world is comes through, at both ends and with every transfer function", async () => {
  for (const transfer of ["A", "B", "C"])
    for (const kPa of [0.1, 101.3, 249.9]) {
      const readings = await withChip(transfer, (chip) => Object.assign(chip.world, { pressure_kPa: still(kPa) }));
      assert.equal(readings.length, 20);
      for (const { raw = Number.NaN, reason } of readings)
        assert.ok(reason === undefined && Math.abs(raw - kPa) < 0.001, `${transfer} ${kPa}: ${raw} ${reason}`);
    }
});

test("MPRLS: damaged memory gives a reason alone, an overflow and what is beyond its range a bound", async () => {
  const damaged = await withChip("A", (chip) => Object.assign(chip, { trouble: 4 }));
  assert.ok(damaged.length > 0 && damaged.every(({ raw, reason }) => raw === undefined && reason === "checksum"));
  const overflowed = await withChip("A", (chip) => Object.assign(chip, { trouble: 1 }));
  assert.ok(overflowed.length > 0 && overflowed.every(({ raw, bound, reason }) => raw === 250 && bound === 1 && reason === "saturated"));
  const vent = await withChip("A", (chip) => Object.assign(chip.world, { pressure_kPa: still(260) }));
  assert.ok(vent.length > 0 && vent.every(({ raw, bound }) => raw === 250 && bound === 1));
});

test("MPRLS: a power cycle between asking and fetching costs a reading and gives no number", async () => {
  let chip: MprlsSim | undefined;
  const run = bench(
    planOf("mprls"),
    [],
    (clock) => {
      chip = new MprlsSim(clock, 3, 172.4, "A");
      return chip;
    },
    (bus) => ({
      ...bus,
      write: async (...at) => {
        await bus.write(...at);
        if (run.clock.monotonic_s() > 9.5 && run.clock.monotonic_s() < 10.5) chip?.powerCycle();
      },
    }),
  );
  await run.clock.advance(20);
  const bad = run.readings.filter(({ raw }) => raw === undefined);
  assert.deepEqual(
    bad.map(({ reason }) => reason),
    ["out-of-range"],
  );
});
