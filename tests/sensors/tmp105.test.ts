import assert from "node:assert/strict";
import test from "node:test";
import { isFault } from "../../edge-agent/core/faults.ts";
import { Tmp105Sim } from "../../edge-agent/sensors/tmp105.sim.ts";
import { decodeTmp105 } from "../../edge-agent/sensors/tmp105.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import type { VirtualClock } from "../support/virtual-clock.ts";
import { bench, planOf } from "./bench.ts";

/** Data sheet, "12-bit temperature data format": digital output in 12 bit, left-aligned in two bytes. */
const rows: readonly [twelve: number, degC: number, reason?: string][] = [
  [0x7ff, 127.9375, "operating-range"],
  [0x7d1, 125.0625, "operating-range"],
  [0x7d0, 125],
  [0x640, 100],
  [0x500, 80],
  [0x4b0, 75],
  [0x320, 50],
  [0x190, 25],
  [0x004, 0.25],
  [0x001, 0.0625],
  [0x000, 0],
  [0xffc, -0.25],
  [0xe70, -25],
  [0xd80, -40],
  [0xc90, -55, "operating-range"],
  [0x800, -128, "operating-range"],
];
for (const [twelve, degC, reason] of rows) {
  test(`TMP105 0x${twelve.toString(16).padStart(3, "0")} is ${degC} degC${reason === undefined ? "" : ", beyond what its maker allows"}`, () => {
    const { raw, reason: found } = decodeTmp105(Uint8Array.of(twelve >> 4, (twelve << 4) & 0xff));
    assert.deepEqual([raw, found], [degC, reason]);
  });
}

test("TMP105: of 20 000 random replies each is malformed or one of the 4096 temperatures", () => {
  const random = seeded(2);
  let decoded = 0;
  for (let run = 0; run < 20_000; run++) {
    const reply = Uint8Array.from({ length: random() < 0.1 ? Math.floor(random() * 5) : 2 }, () => Math.floor(random() * 256));
    try {
      const { raw = Number.NaN } = decodeTmp105(reply);
      assert.ok(raw >= -128 && raw < 128 && Number.isInteger(raw * 16));
      decoded++;
    } catch (error) {
      assert.ok(isFault(error) && error.code === "sensor/malformed", String(error));
      assert.ok(reply.length !== 2 || ((reply[1] ?? 0) & 0x0f) !== 0);
    }
  }
  assert.ok(decoded > 800, `${decoded}`);
});

async function readings(make: (clock: VirtualClock) => Tmp105Sim, period_s = 1) {
  const run = bench(planOf("tmp105", period_s), [], make);
  await run.clock.advance(20);
  return run.readings;
}
const still = (mean: number) => ({ temperature_degC: { mean, swing: 0, period_s: 1, noise: 0 } });

for (const degC of [-39.9375, -0.0625, 0, 24.0625, 124.9375]) {
  test(`TMP105: ${degC} degC comes through the chip in 12 bit, not in the 9 of its power-up`, async () => {
    const found = await readings((clock) => Object.assign(new Tmp105Sim(clock, 3), { world: still(degC) }));
    assert.ok(found.length > 15);
    for (const { raw, reason } of found) assert.deepEqual([raw, reason], [degC, undefined]);
  });
}

/** A plain LM75: bits 5 to 7 of its configuration are always 0. */
class Lm75Sim extends Tmp105Sim {
  override write(bytes: Uint8Array): boolean {
    return super.write(bytes.length === 2 ? bytes.map((byte, at) => (at === 1 ? byte & 0x1f : byte)) : bytes);
  }
}

test("TMP105: a 9-bit LM75 is refused, with its name", async () => {
  const found = await readings((clock) => new Lm75Sim(clock, 3));
  assert.ok(found.length > 10 && found.every(({ raw, reason, detail }) => raw === undefined && reason === "wrong-device" && detail?.includes("9-bit LM75")));
});

test("TMP105: a channel that asks for more gets the chip's own beat", async () => {
  const found = await readings((clock) => new Tmp105Sim(clock, 3), 0.1);
  assert.ok(found.length >= 62 && found.length <= 66, `${found.length} readings in 20 s at one in 0.3 s`);
});
