import assert from "node:assert/strict";
import test from "node:test";
import { isFault } from "../../edge-agent/core/faults.ts";
import { command, crc8 } from "../../edge-agent/sensors/sensirion.ts";
import { Sgp41Sim } from "../../edge-agent/sensors/sgp41.sim.ts";
import { decodeSgp41 } from "../../edge-agent/sensors/sgp41.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { bench, planOf } from "./bench.ts";

const still = (mean: number) => ({ mean, swing: 0, period_s: 1, noise: 0 });
const replyOf = (...values: readonly number[]) =>
  Uint8Array.from(values.flatMap((word) => [word >> 8, word & 0xff, crc8(Uint8Array.of(word >> 8, word & 0xff))]));

test("SGP41: 26 19 80 00 A2 66 66 93 measures without compensation, with the data sheet's checksums", () => {
  assert.equal(Buffer.from(command(0x2619, 0x8000, 0x6666)).toString("hex"), "26198000a2666693");
});

test("SGP41: the output is the fall of the raw signal, so that twice the gas is 870 ticks more", () => {
  assert.deepEqual(decodeSgp41(replyOf(30_000, 15_000), 61), { raw: 35_535 });
  assert.equal((decodeSgp41(replyOf(30_000 - 870, 0), 61).raw ?? 0) - 35_535, 870);
});

test("SGP41: the ends of the scale are bounds, and in its first minute it is warming up", () => {
  assert.deepEqual({ ...decodeSgp41(replyOf(0, 0), 61), detail: "" }, { raw: 65_535, bound: 1, reason: "saturated", detail: "" });
  assert.deepEqual({ ...decodeSgp41(replyOf(65_535, 0), 61), detail: "" }, { raw: 0, bound: -1, reason: "saturated", detail: "" });
  assert.deepEqual([decodeSgp41(replyOf(0, 0), 59).reason, decodeSgp41(replyOf(30_000, 0), 12).reason], ["warming-up", "warming-up"]);
});

test("SGP41: of 100 000 random replies each is a fault or decodes within the scale under a right checksum", () => {
  const random = seeded(1);
  let decoded = 0;
  for (let run = 0; run < 100_000; run++) {
    const reply = Uint8Array.from({ length: run % 3 ? 6 : Math.floor(random() * 9) }, () => Math.floor(random() * 256));
    if (run % 2) for (let at = 0; at + 2 < reply.length; at += 3) reply[at + 2] = crc8(reply.subarray(at, at + 2));
    try {
      const { raw = -1 } = decodeSgp41(reply, 61);
      decoded++;
      assert.ok(raw >= 0 && raw <= 65_535);
    } catch (error) {
      assert.ok(isFault(error) && ["sensor/checksum", "sensor/malformed"].includes(error.code), String(error));
    }
  }
  assert.ok(decoded > 30_000);
});

/** `spoil` sees every transfer before the chip does, and may refuse it. */
async function withChip(until_s: number, set: (chip: Sgp41Sim) => void = () => {}, spoil: (at_s: number, write?: Uint8Array) => boolean = () => false) {
  let made: Sgp41Sim | undefined;
  const run = bench(planOf("sgp41", 1), [], (clock) => {
    const chip = new Sgp41Sim(clock, 3);
    made = chip;
    chip.world.raw_ticks = still(30_000);
    set(chip);
    return {
      converting: true,
      frozen: false,
      powerCycle: () => chip.powerCycle(),
      write: (bytes) => !spoil(clock.monotonic_s(), bytes) && chip.write(bytes),
      read: (length) => (spoil(clock.monotonic_s()) ? undefined : chip.read(length)),
    };
  });
  await run.clock.advance(until_s);
  const chip = made as Sgp41Sim;
  chip.look();
  return { readings: run.readings, chip };
}

test("SGP41: it is conditioned once, for less than 10 s, and then warms up until a minute after its heater came on", async () => {
  const { readings, chip } = await withChip(300);
  assert.deepEqual([chip.conditionings, Math.round(chip.longestConditioning_s)], [1, 9]);
  const warm = readings.filter(({ reason }) => reason === undefined);
  assert.ok(warm.length > 230 && warm.every(({ raw, at_s }) => at_s > 60 && Math.abs((raw ?? 0) - 35_535) < 5));
  assert.ok(readings.filter(({ at_s }) => at_s < 59).every(({ reason }) => reason === "warming-up"));
});

test("SGP41: whatever fails while it is conditioned, and however often it is opened again, no conditioning lasts 10 s", async () => {
  for (const period_s of [1.3, 3.7, 8.1, 9.05, 40]) {
    const { readings, chip } = await withChip(
      400,
      () => {},
      (at_s) => at_s % period_s > period_s - 0.3,
    );
    assert.ok(chip.longestConditioning_s <= 9.2, `${period_s}: ${chip.longestConditioning_s}`);
    assert.ok(readings.length > 0);
  }
});

test("SGP41: a chip that does not hear the heater's end is not conditioned", async () => {
  const { readings, chip } = await withChip(
    100,
    () => {},
    (_, write) => write?.[0] === 0x36 && write[1] === 0x15,
  );
  assert.equal(chip.conditionings, 0);
  assert.ok(readings.every(({ raw, reason }) => raw === undefined && reason === "no-reply"));
});

test("SGP41: results that are missing do not make it cold; a chip that was silent is conditioned anew, and warms up", async () => {
  const during = (at_s: number) => at_s > 100 && at_s < 105;
  const unread = await withChip(
    130,
    () => {},
    (at_s, write) => during(at_s) && write === undefined,
  );
  assert.equal(unread.chip.conditionings, 1);
  assert.equal(unread.readings.at(-1)?.reason, undefined);
  const silent = await withChip(130, () => {}, during);
  assert.equal(silent.chip.conditionings, 2);
  assert.equal(silent.readings.at(-1)?.reason, "warming-up");
});

test("SGP41: a chip whose self-test fails is refused before it is heated", async () => {
  const { readings, chip } = await withChip(20, (made) => Object.assign(made, { selfTest: 0xd401 }));
  assert.equal(chip.conditionings, 0);
  assert.ok(readings.length > 0 && readings.every(({ raw, reason }) => raw === undefined && reason === "malformed"));
});
