import assert from "node:assert/strict";
import test from "node:test";
import { isFault } from "../../edge-agent/core/faults.ts";
import { Nau7802Sim } from "../../edge-agent/sensors/nau7802.sim.ts";
import { bridgeValue, decodeNau7802 } from "../../edge-agent/sensors/nau7802.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { bench, planOf } from "./bench.ts";

const rows: readonly [bytes: number, code: number][] = [
  [0x00_00_00, 0],
  [0x00_00_01, 1],
  [0x7f_ff_ff, 8_388_607],
  [0x80_00_00, -8_388_608],
  [0xff_ff_ff, -1],
  [0xc0_00_00, -4_194_304],
];
for (const [bytes, code] of rows) {
  test(`NAU7802 0x${bytes.toString(16).padStart(6, "0")} is ${code}`, () =>
    assert.equal(decodeNau7802(Uint8Array.of(bytes >> 16, (bytes >> 8) & 0xff, bytes & 0xff)), code));
}

/** Worked by hand: 2^22 is half the scale, which is 500 mV/V over the gain. */
const worked: readonly [code: number, gain: number, full_scale: number, sensitivity: number, value: number][] = [
  [0x40_00_00, 128, 500, 2, 488.28125], // 1.953125 mV/V
  [-0x40_00_00, 128, 500, 2, -488.28125],
  [0x40_00_00, 1, 500, 250, 500], // 250 mV/V
  [0x10_00_00, 64, 1000, 3, 325.5208333], // 0.9765625 mV/V
  [0, 128, 500, 2, 0],
];
for (const [code, gain, full, sensitivity, value] of worked) {
  test(`a cell of ${full} N at ${sensitivity} mV/V reads ${value} N at code ${code}, gain ${gain}`, () => {
    const { raw = Number.NaN, ...rest } = bridgeValue(code, gain, full, sensitivity);
    assert.ok(Math.abs(raw - value) < 1e-6, `${raw}`);
    assert.deepEqual(rest, {});
  });
}

test("NAU7802: at the ends of the code the load lies beyond", () => {
  const top = bridgeValue(0x7f_ff_ff, 128, 500, 2);
  const bottom = bridgeValue(-0x80_00_00, 128, 500, 2);
  assert.deepEqual([top.bound, top.reason, bottom.bound, bottom.reason], [1, "saturated", -1, "saturated"]);
  assert.ok((top.raw ?? 0) > 976 && (bottom.raw ?? 0) < -976 && top.detail?.includes("3.91 mV/V"));
});

test("NAU7802: of 30 000 random replies each is a fault or a code of 24 bits", () => {
  const random = seeded(2);
  for (let run = 0; run < 30_000; run++) {
    const reply = Uint8Array.from({ length: random() < 0.1 ? Math.floor(random() * 6) : 3 }, () => Math.floor(random() * 256));
    try {
      assert.ok(Math.abs(decodeNau7802(reply)) <= 8_388_608);
    } catch (error) {
      assert.ok(isFault(error) && error.code === "sensor/malformed", String(error));
    }
  }
});

const still = (mean: number) => ({ mean, swing: 0, period_s: 1, noise: 0 });
const withChip = async (set: (chip: Nau7802Sim) => void, options = {}, for_s = 20) => {
  const run = bench(planOf("nau7802", 1, options), [], (clock) => {
    const chip = new Nau7802Sim(clock, 3);
    set(chip);
    return chip;
  });
  await run.clock.advance(for_s);
  assert.equal(run.failure(), undefined);
  return run.readings;
};

test("NAU7802: what the load is comes through calibrated, at every gain and rate", async () => {
  for (const gain of [1, 2, 16, 64, 128])
    for (const rate_Hz of [10, 80, 320]) {
      const readings = await withChip((chip) => Object.assign(chip.world, { load_mV_per_V: still(1) }), { gain, rate_Hz });
      assert.ok(readings.length >= 17, `${readings.length}`);
      // 500 N at 2 mV/V; a front end without calibration is 12.5 N off
      for (const { raw = Number.NaN, reason, detail } of readings)
        assert.ok(Math.abs(raw - 250) < 0.02 && reason === undefined, `gain ${gain}, ${rate_Hz} Hz: ${raw} ${detail}`);
    }
});

test("NAU7802: a bridge beyond the scale is a bound, both ways", async () => {
  for (const [load, bound] of [
    [4, 1],
    [-4, -1],
  ] as const) {
    const readings = await withChip((chip) => Object.assign(chip.world, { load_mV_per_V: still(load) }));
    assert.ok(readings.length > 10 && readings.every((reading) => reading.bound === bound && reading.reason === "saturated"));
  }
});

test("NAU7802: a front end that does not calibrate gives no number", async () => {
  const readings = await withChip((chip) => {
    chip.calibrates = false;
  });
  assert.ok(readings.length > 3);
  for (const { raw, reason, detail } of readings)
    assert.ok(raw === undefined && reason === "not-ready" && detail?.includes("calibration of the front end failed"));
});

test("NAU7802: another part is refused", async () => {
  const readings = await withChip((chip) => {
    chip.revision = 0x03;
  });
  assert.ok(readings.length > 3 && readings.every(({ reason, detail }) => reason === "wrong-device" && detail?.includes("found revision 0x3")));
});

test("NAU7802: a power cycle at any transfer of a reading costs lost readings and no wrong one, and it is calibrated again", async () => {
  for (let transfer = 0; transfer < 6; transfer++) {
    let chip: Nau7802Sim | undefined;
    let count = 0;
    const cut = async <T>(transferred: Promise<T>): Promise<T> => {
      const result = await transferred;
      if (run.clock.monotonic_s() >= 9.9 && count++ === transfer) chip?.powerCycle();
      return result;
    };
    const run = bench(
      planOf("nau7802"),
      [],
      (clock) => {
        chip = new Nau7802Sim(clock, 3);
        chip.world.load_mV_per_V = still(1);
        return chip;
      },
      (bus) => ({ write: (...at) => cut(bus.write(...at)), read: (...at) => cut(bus.read(...at)), writeRead: (...at) => cut(bus.writeRead(...at)) }),
    );
    await run.clock.advance(30);
    const bad = run.readings.filter(({ raw }) => raw === undefined);
    assert.ok(bad.length <= 1 && bad.every(({ reason }) => reason === "lost-config"), `${transfer}: ${bad.map(({ detail }) => detail)}`);
    assert.ok(run.readings.every(({ raw = 250 }) => Math.abs(raw - 250) < 0.01));
    assert.ok((run.readings.at(-1)?.at_s ?? 0) > 28);
  }
});
