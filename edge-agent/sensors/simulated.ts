/** The simulated bus of a plan: one simulated chip beside each driver, wired as the station file says. */
import type { I2cBus } from "../bus/i2c.ts";
import type { BusPlan, SensorPlan } from "../bus/messages.ts";
import { type SimulatedChip, simulatedBus } from "../bus/simulated-bus.ts";
import type { Clock } from "../core/clock.ts";
import { Abp2Sim } from "./abp2.sim.ts";
import { Ads1115Sim } from "./ads1115.sim.ts";
import { Bmp3xxSim } from "./bmp3xx.sim.ts";
import { fullScale_kPa } from "./honeywell.ts";
import { HscSim } from "./hsc.sim.ts";
import { Mcp9601Sim } from "./mcp9601.sim.ts";
import { MprlsSim } from "./mprls.sim.ts";
import { Scd30Sim } from "./scd30.sim.ts";
import { Scd41Sim } from "./scd41.sim.ts";
import { Sht4xSim } from "./sht4x.sim.ts";
import { Stc31cSim } from "./stc31c.sim.ts";
import { Stcc4Sim } from "./stcc4.sim.ts";
import { Tmp105Sim } from "./tmp105.sim.ts";

/** One line per catalogue entry. */
export const simulatedChips: Readonly<Record<string, (clock: Clock, seed: number, options: SensorPlan["options"]) => SimulatedChip>> = {
  scd30: (clock, seed) => new Scd30Sim(clock, seed),
  scd41: (clock, seed) => new Scd41Sim(clock, seed),
  ads1115: (clock, seed) => new Ads1115Sim(clock, seed),
  bmp3xx: (clock, seed) => new Bmp3xxSim(clock, seed),
  hsc: (clock, seed, { range, transfer }) => new HscSim(clock, seed, fullScale_kPa(range), String(transfer)),
  abp2: (clock, seed, { range }) => new Abp2Sim(clock, seed, fullScale_kPa(range)),
  mprls: (clock, seed, { range, transfer }) => new MprlsSim(clock, seed, fullScale_kPa(range), String(transfer)),
  sht4x: (clock, seed) => new Sht4xSim(clock, seed),
  stc31c: (clock, seed) => new Stc31cSim(clock, seed),
  stcc4: (clock, seed) => new Stcc4Sim(clock, seed),
  tmp105: (clock, seed) => new Tmp105Sim(clock, seed),
  mcp9601(clock, seed, { thermocouple }) {
    const chip = new Mcp9601Sim(clock, seed);
    chip.wired = Math.max(0, "KJTNSEBR".indexOf(String(thermocouple)));
    return chip;
  },
};

/** Seeds differ by bus and address, so that two chips do not share their noise. */
export function simulatedBusOf(plan: BusPlan, clock: Clock, hang: () => void): I2cBus {
  const chips = plan.sensors.map(({ driver, address, options }): [number, SimulatedChip] => {
    const chip = simulatedChips[driver]?.(clock, 128 * plan.device + address, options);
    if (chip === undefined) throw new TypeError(`driver ${driver} has no simulated chip`);
    return [address, chip];
  });
  return simulatedBus(new Map(chips), plan.faults, clock, hang);
}
