/** A bad wire and a loose supply on SPI and 1-Wire, at any transfer: whatever number still comes out is the world's. */
import assert from "node:assert/strict";
import test from "node:test";
import type { SimulatedPart } from "../../edge-agent/bus/simulated-bus.ts";
import { Fault } from "../../edge-agent/core/faults.ts";
import type { Reading } from "../../edge-agent/core/sample.ts";
import { Ds18b20Sim } from "../../edge-agent/sensors/ds18b20.sim.ts";
import { Max31855Sim } from "../../edge-agent/sensors/max31855.sim.ts";
import { Max31856Sim } from "../../edge-agent/sensors/max31856.sim.ts";
import { Max31865Sim } from "../../edge-agent/sensors/max31865.sim.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { oneWireBench, planOf, spiBench } from "./bench.ts";

const troubles = ["no-reply", "short", "flip", "power-cycle"] as const;
const still = (mean: number) => ({ mean, swing: 0, period_s: 1, noise: 0 });

/** Hands every transfer through; one in `oneIn` meets one of the troubles. */
function troubled(part: () => SimulatedPart | undefined, oneIn: number, random: () => number) {
  return async (begin: () => Promise<Uint8Array>): Promise<Uint8Array> => {
    const trouble = random() * oneIn < 1 ? troubles[Math.floor(random() * troubles.length)] : undefined;
    if (trouble === "no-reply") throw new Fault("bus/no-reply", "the controller failed");
    if (trouble === "power-cycle") part()?.powerCycle();
    const reply = await begin();
    if (trouble === "short") return reply.subarray(0, Math.floor(random() * reply.length));
    if (trouble !== "flip") return reply;
    const at = Math.floor(random() * reply.length);
    return reply.map((byte, index) => (index === at ? byte ^ (1 << Math.floor(random() * 8)) : byte));
  };
}

function judge(driver: string, readings: readonly Reading[], world: readonly number[], within: number): void {
  const numbers = readings.filter(({ raw }) => raw !== undefined);
  assert.ok(numbers.length > 1000 && readings.length - numbers.length > 50, `${numbers.length} of ${readings.length}`);
  for (const { channel, raw = Number.NaN } of numbers)
    assert.ok(Math.abs(raw - (world[channel] ?? Number.NaN)) <= within, `${driver} channel ${channel}: ${raw}`);
}

const thermocouple = { hot_degC: still(300), cold_degC: still(24), wiring: "sound" } as const;
for (const [driver, make, options, world, within] of [
  ["max31855", (clock) => Object.assign(new Max31855Sim(clock, 1), { world: thermocouple }), {}, [300, 24], 0],
  ["max31856", (clock) => Object.assign(new Max31856Sim(clock, 1), { wired: 2, world: thermocouple }), { thermocouple: "J" }, [300, 24], 1 / 128],
  ["max31865", (clock) => Object.assign(new Max31865Sim(clock, 1), { world: { temperature_degC: still(300), wiring: "sound" } }), {}, [300], 0.04],
] as readonly [driver: string, make: Parameters<typeof spiBench>[2], options: object, world: readonly number[], within: number][]) {
  test(`${driver}: with failed and short transfers, flipped bits and power cycles`, async () => {
    let chip: SimulatedPart | undefined;
    const through = troubled(() => chip, 40, seeded(5));
    const run = spiBench(
      planOf(driver, 1, { ...options }),
      [],
      (clock) => {
        const made = make(clock);
        chip = made;
        return made;
      },
      (bus) => ({ transfer: (...at) => through(() => bus.transfer(...at)) }),
    );
    await run.clock.advance(1500);
    assert.equal(run.failure(), undefined);
    judge(driver, run.readings, world, within);
  });
}

test("ds18b20: with failed and short transfers, flipped bits and power cycles", async () => {
  let chip: Ds18b20Sim | undefined;
  const through = troubled(() => chip, 20, seeded(5));
  const run = oneWireBench(
    planOf("ds18b20"),
    [],
    (clock) => {
      chip = Object.assign(new Ds18b20Sim(clock, 1), { world: { temperature_degC: still(60.5) } });
      return chip;
    },
    (bus) => ({ scratchpad: (rom) => through(() => bus.scratchpad(rom)) }),
  );
  await run.clock.advance(1500);
  assert.equal(run.failure(), undefined);
  judge("ds18b20", run.readings, [60.5], 0);
});
