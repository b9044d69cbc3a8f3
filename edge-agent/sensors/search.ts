/** What stands on an I2C bus: asks every address that a known part may have who it is, and every other one whether anybody is there. Changes nothing. */
import { hex, type I2cBus } from "../bus/i2c.ts";
import type { Clock } from "../core/clock.ts";
import { quantityOf } from "../core/quantities.ts";
import { catalogue } from "./catalogue.ts";
import type { AnyDriver } from "./driver.ts";

export interface Found {
  readonly address: number;
  /** Drivers whose part said that it is there, or, where none did, those whose part could be and has no name to give. */
  readonly drivers: readonly string[];
  readonly certain: boolean;
}

const [FIRST, LAST] = [0x08, 0x77];

/** Takes about ten milliseconds an address. Rejects only with Fault `bus/unavailable`. */
export async function search(bus: I2cBus, clock: Clock): Promise<Found[]> {
  const found: Found[] = [];
  for (let address = FIRST; address <= LAST; address++) {
    const here = Object.values(catalogue).filter((entry) => entry.bus === "i2c" && entry.addresses?.includes(address));
    const link = { bus, address, clock };
    const named: AnyDriver[] = [];
    for (const entry of here) if (entry.identify !== undefined && (await succeeds(() => entry.identify?.(link)))) named.push(entry);
    if (named.length > 0) found.push({ address, drivers: named.map(({ driver }) => driver), certain: named.length === 1 });
    else if (await succeeds(() => bus.read(address, 1))) {
      const nameless = here.filter(({ identify }) => identify === undefined);
      found.push({ address, drivers: nameless.map(({ driver }) => driver), certain: false });
    }
  }
  return found;
}

const succeeds = async (ask: () => Promise<unknown> | undefined): Promise<boolean> => {
  try {
    await ask();
    return true;
  } catch {
    return false;
  }
};

/** Lines for the `channels` of a station file, for each part that said who it is. */
export function proposed(bus: string, { address, drivers, certain }: Found): string[] {
  const entry = catalogue[drivers[0] ?? ""];
  if (!certain || entry === undefined) return [];
  const stated = Object.entries(entry.options).flatMap(([key, rule]) => (rule.default === undefined ? [`, ${key}: …`] : []));
  return Object.entries(entry.outputs).flatMap(([output, quantity]) => {
    if (typeof quantity !== "string") return [];
    const source = `{ driver: ${entry.driver}, bus: ${bus}, address: ${hex(address)}, output: ${output}${stated.join("")} }`;
    return [`  - { id: ${bus}.${entry.driver}.${output}, quantity: ${quantity}, at: { station: true }, source: ${source} } # ${quantityOf(quantity).unit}`];
  });
}
