/** As `wireBench`, with a hand on the simulated part's world. */

import type { SensorPlan } from "../../edge-agent/bus/messages.ts";
import { type BusFault, simulatedI2c } from "../../edge-agent/bus/simulated-bus.ts";
import { simulatedModbus } from "../../edge-agent/bus/simulated-modbus.ts";
import { simulatedOneWire } from "../../edge-agent/bus/simulated-one-wire.ts";
import { simulatedSpi } from "../../edge-agent/bus/simulated-spi.ts";
import { simulatedUart } from "../../edge-agent/bus/simulated-uart.ts";
import type { Address, WireKind, Wires } from "../../edge-agent/bus/wire.ts";
import type { Clock } from "../../edge-agent/core/clock.ts";
import { simulatedChips, simulatedOneWireChips, simulatedPorts, simulatedSpiChips, simulatedUnits } from "../../edge-agent/sensors/simulated.ts";
import type { Course } from "../../edge-agent/sensors/world.sim.ts";
import { type Bench, entryOf, started } from "./bench.ts";

type Maker<Part> = (clock: Clock, seed: number, options: SensorPlan["options"], channels: SensorPlan["channels"]) => Part;
type Opener<Part, Wire> = (parts: ReadonlyMap<Address, Part>, faults: readonly BusFault[], clock: Clock, hang: () => void) => Wire;

interface WithPart extends Bench<WireKind> {
  /** All that the part measures. */
  courses(): readonly Course[];
}

export function withPart(plan: SensorPlan, seed: number, faults: readonly Omit<BusFault, "address">[]): WithPart {
  const kind = entryOf(plan.driver).bus;
  const here = faults.map((fault) => ({ ...fault, address: plan.address }));
  let made: object = {};

  function opened<Part extends object, Wire>(makers: Readonly<Record<string, Maker<Part>>>, open: Opener<Part, Wire>) {
    return (clock: Clock, hang: () => void): Wire => {
      const part = makers[plan.driver]?.(clock, seed, plan.options, plan.channels);
      if (part === undefined) throw new Error(`no simulated ${plan.driver}`);
      made = part;
      return open(new Map([[plan.address, part]]), here, clock, hang);
    };
  }

  const openers: { readonly [Kind in WireKind]: (clock: Clock, hang: () => void) => Wires[Kind] } = {
    i2c: opened(simulatedChips, simulatedI2c),
    modbus: opened(simulatedUnits, simulatedModbus),
    "one-wire": opened(simulatedOneWireChips, simulatedOneWire),
    spi: opened(simulatedSpiChips, simulatedSpi),
    uart: opened(simulatedPorts, simulatedUart),
  };
  return { ...started(kind, plan, openers[kind]), courses: () => coursesOf(made) };
}

function coursesOf(part: { readonly world?: object; readonly registers?: readonly { readonly course: Course }[] }): Course[] {
  const seen = [...Object.values(part.world ?? {}), ...(part.registers ?? []).map(({ course }) => course)];
  return seen.filter((each): each is Course => typeof each === "object");
}
