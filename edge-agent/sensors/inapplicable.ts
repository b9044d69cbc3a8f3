/** Faults that make no sense for some parts, and why: the one table. What does not stand here, every simulated part of the catalogue can show. */
import type { FaultKind } from "../bus/scripted-fault.ts";
import { catalogue } from "./catalogue.ts";

interface Inapplicable {
  readonly why: string;
  readonly shows: (driver: string) => boolean;
}

const among =
  (...drivers: readonly string[]) =>
  (driver: string): boolean =>
    drivers.includes(driver);
const onI2c = (driver: string): boolean => catalogue[driver]?.bus === "i2c";

const analogue = ["ads1115", "ads1115-burst", "modbus", "nau7802"] as const;
const thermocouples = ["max31855", "max31856", "mcp9601"] as const;
const gasCells = ["multigas", "multigas_uart", "midas", "sgp41"] as const;
const selfCalibrating = ["scd30", "scd41", "stc31c", "stcc4"] as const;

const table: Readonly<Partial<Record<FaultKind, Inapplicable>>> = {
  stretch: { why: "only a chip on I2C can hold the clock", shows: onI2c },
  held: { why: "only chips on I2C share a data line that one of them can hold for all", shows: onI2c },
  "gas-id": { why: "it does not say which gas it measures", shows: among("multigas", "multigas_uart", "midas") },
  baseline: { why: "it has no automatic self-calibration", shows: among(...selfCalibrating) },
  "warm-up": { why: "nothing in it has to warm up", shows: among(...analogue, ...gasCells, ...selfCalibrating) },
  poisoned: { why: "nothing in it wears out by the gas", shows: among("ads1115", "ads1115-burst", "modbus", ...gasCells) },
  sign: { why: "its sign is made inside the part, and no wiring turns it", shows: among(...analogue, ...thermocouples) },
  unit: {
    why: "its numbers have one unit and one range",
    shows: among(...analogue, ...thermocouples, "max31865", "multigas", "multigas_uart", "midas", "hsc", "abp2", "mprls"),
  },
};

/** Why a part cannot show a fault; undefined where it can. */
export function inapplicable(fault: FaultKind, driver: string): string | undefined {
  const row = table[fault];
  return row === undefined || row.shows(driver) ? undefined : row.why;
}
