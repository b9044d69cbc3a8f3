/** A gas sensor that does not stand in the chamber: a pump brings the gas to it. */
import { z } from "zod";
import { id } from "./ids.ts";
import { measure } from "./measure.ts";

export const sampleLine = z
  .strictObject({
    flow: id,
    /** Below it the sensor looks at gas that stands still. */
    minimum_flow: measure("flow_L_per_min", 0.001),
    /** From the chamber to the sensor. */
    delay: measure("duration_s", 0).default(0),
  })
  .transform(({ minimum_flow, delay, ...rest }) => ({ ...rest, minimum_flow_L_per_min: minimum_flow, delay_s: delay }));
export type SampleLine = z.output<typeof sampleLine>;
