/** Where an output of kind `gpio` is wired to. */
import type { Output } from "../contracts/station.ts";
import { Fault } from "../core/faults.ts";

/** Fault `output/unavailable` when the station file does not say. */
export function wired({ chip, line }: Output): { readonly chip: string; readonly line: number } {
  if (chip === undefined || line === undefined)
    throw new Fault("output/unavailable", "kind gpio needs a chip (its label) and a line; write for example chip: pinctrl-bcm2835, line: 17");
  return { chip, line };
}
