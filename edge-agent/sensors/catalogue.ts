/** Every chip that a station file may name. A new sensor is one line here, its driver, its simulated chip and its test. */
import type { QuantityName } from "../core/quantities.ts";
import { abp2 } from "./abp2.ts";
import { ads1115 } from "./ads1115.ts";
import { bmp3xx } from "./bmp3xx.ts";
import type { DriverEntry } from "./driver.ts";
import { hsc } from "./hsc.ts";
import { mcp9601 } from "./mcp9601.ts";
import { mprls } from "./mprls.ts";
import { scd30 } from "./scd30.ts";
import { scd41 } from "./scd41.ts";
import { sht4x } from "./sht4x.ts";
import { stc31c } from "./stc31c.ts";
import { stcc4 } from "./stcc4.ts";
import { tmp105 } from "./tmp105.ts";

export type { DriverEntry } from "./driver.ts";

export const catalogue: Readonly<Record<string, DriverEntry>> = { abp2, ads1115, bmp3xx, hsc, mcp9601, mprls, scd30, scd41, sht4x, stc31c, stcc4, tmp105 };

/** The output that a channel takes: the one it names, or the first of its quantity; undefined when the chip has none such. */
export function outputFor(entry: DriverEntry, quantity: QuantityName, named?: string): string | undefined {
  if (named !== undefined) return entry.outputs[named] === quantity ? named : undefined;
  return Object.keys(entry.outputs).find((output) => entry.outputs[output] === quantity);
}
