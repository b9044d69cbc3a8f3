/** The simulated bus of a plan: one simulated chip beside each driver, wired as the station file says. */
import type { BusPlan, SensorPlan } from "../bus/messages.ts";
import { type SimulatedChip, simulatedI2c } from "../bus/simulated-bus.ts";
import { type SimulatedUnit, simulatedModbus } from "../bus/simulated-modbus.ts";
import { type SimulatedOneWireChip, simulatedOneWire } from "../bus/simulated-one-wire.ts";
import { type SimulatedSpiChip, simulatedSpi } from "../bus/simulated-spi.ts";
import { type SimulatedPort, simulatedUart } from "../bus/simulated-uart.ts";
import type { Address, WireKind, Wires } from "../bus/wire.ts";
import type { Clock } from "../core/clock.ts";
import { Abp2Sim } from "./abp2.sim.ts";
import { Ads1115Sim } from "./ads1115.sim.ts";
import { Bmp3xxSim } from "./bmp3xx.sim.ts";
import { Ds18b20Sim } from "./ds18b20.sim.ts";
import { fullScale_kPa } from "./honeywell.ts";
import { HscSim } from "./hsc.sim.ts";
import { Max31855Sim } from "./max31855.sim.ts";
import { Max31856Sim } from "./max31856.sim.ts";
import { Max31865Sim } from "./max31865.sim.ts";
import { Mcp9601Sim } from "./mcp9601.sim.ts";
import { MidasSim } from "./midas.sim.ts";
import { ModbusSim, registerFor } from "./modbus.sim.ts";
import { MprlsSim } from "./mprls.sim.ts";
import { MultigasSim, MultigasUartSim } from "./multigas.sim.ts";
import { Nau7802Sim } from "./nau7802.sim.ts";
import { Scd30Sim } from "./scd30.sim.ts";
import { Scd41Sim } from "./scd41.sim.ts";
import { Sgp41Sim } from "./sgp41.sim.ts";
import { Sht4xSim } from "./sht4x.sim.ts";
import { Stc31cSim } from "./stc31c.sim.ts";
import { Stcc4Sim } from "./stcc4.sim.ts";
import { Tmp105Sim } from "./tmp105.sim.ts";

type Makers<Part> = Readonly<Record<string, (clock: Clock, seed: number, options: SensorPlan["options"], channels: SensorPlan["channels"]) => Part>>;

/** One line per catalogue entry. */
export const simulatedChips: Makers<SimulatedChip> = {
  scd30: (clock, seed) => new Scd30Sim(clock, seed),
  scd41: (clock, seed) => new Scd41Sim(clock, seed),
  ads1115: (clock, seed) => new Ads1115Sim(clock, seed),
  "ads1115-burst": (clock, seed) => new Ads1115Sim(clock, seed),
  bmp3xx: (clock, seed) => new Bmp3xxSim(clock, seed),
  hsc: (clock, seed, { range, transfer }) => new HscSim(clock, seed, fullScale_kPa(range), String(transfer)),
  abp2: (clock, seed, { range }) => new Abp2Sim(clock, seed, fullScale_kPa(range)),
  mprls: (clock, seed, { range, transfer }) => new MprlsSim(clock, seed, fullScale_kPa(range), String(transfer)),
  multigas: (clock, seed, { gas }) => new MultigasSim(clock, seed, String(gas)),
  sgp41: (clock, seed) => new Sgp41Sim(clock, seed),
  nau7802: (clock, seed) => new Nau7802Sim(clock, seed),
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

export const simulatedPorts: Makers<SimulatedPort> = {
  multigas_uart: (clock, seed, { gas }) => new MultigasUartSim(clock, seed, String(gas)),
};

export const simulatedUnits: Makers<SimulatedUnit> = {
  midas: (clock, seed) => new MidasSim(clock, seed),
  modbus: (clock, seed, _, channels) =>
    new ModbusSim(
      clock,
      seed,
      channels.map(({ keys }) => registerFor(keys)),
    ),
};

export const simulatedSpiChips: Makers<SimulatedSpiChip> = {
  max31855: (clock, seed) => new Max31855Sim(clock, seed),
  max31865: (clock, seed, { element, wires, reference }) =>
    Object.assign(new Max31865Sim(clock, seed), {
      fitted: { element_ohm: element === "PT1000" ? 1000 : 100, reference_ohm: Number(reference), wires: Number(wires) },
    }),
  max31856: (clock, seed, { thermocouple }) => Object.assign(new Max31856Sim(clock, seed), { wired: Math.max(0, "BEJKNRST".indexOf(String(thermocouple))) }),
};

export const simulatedOneWireChips: Makers<SimulatedOneWireChip> = {
  ds18b20: (clock, seed) => new Ds18b20Sim(clock, seed),
};

/** How the chips of each kind of wire come together. */
const simulatedWires: { readonly [Kind in WireKind]: (plan: BusPlan, clock: Clock, hang: () => void) => Wires[Kind] } = {
  i2c: (plan, clock, hang) => simulatedI2c(partsOf(plan, simulatedChips, clock), plan.faults, clock, hang),
  uart: (plan, clock, hang) => simulatedUart(partsOf(plan, simulatedPorts, clock), plan.faults, clock, hang),
  modbus: (plan, clock, hang) => simulatedModbus(partsOf(plan, simulatedUnits, clock), plan.faults, clock, hang),
  "one-wire": (plan, clock, hang) => simulatedOneWire(partsOf(plan, simulatedOneWireChips, clock), plan.faults, clock, hang),
  spi: (plan, clock, hang) => simulatedSpi(partsOf(plan, simulatedSpiChips, clock), plan.faults, clock, hang),
};

/** Throws TypeError for a driver without a simulated chip. */
export function simulatedWire<Kind extends WireKind>(kind: Kind, plan: BusPlan, clock: Clock, hang: () => void): Wires[Kind] {
  return simulatedWires[kind](plan, clock, hang);
}

/** Seeds differ by bus and address, so that two chips do not share their noise. */
function partsOf<Part>(plan: BusPlan, parts: Makers<Part>, clock: Clock): Map<Address, Part> {
  const made = plan.sensors.map(({ driver, address, options, channels }): [Address, Part] => {
    const make = parts[driver];
    if (make === undefined) throw new TypeError(`driver ${driver} has no simulated chip`);
    return [address, make(clock, seedOf(`${plan.bus} ${address}`), options, channels)];
  });
  return new Map(made);
}

const seedOf = (text: string): number => [...text].reduce((seed, letter) => (seed * 31 + letter.charCodeAt(0)) % 1_000_003, 7);
