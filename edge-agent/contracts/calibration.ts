/** What a station file says of a channel's calibration. Every number is in the channel's canonical unit, or per that of the channel it names. */
import { z } from "zod";
import { id } from "./ids.ts";
import { measure } from "./measure.ts";

export const isoDate = z.iso.date();

/** Of the sensor itself: what a kelvin above the reference does to its zero and, as a share, to its span. */
const temperature = z
  .strictObject({ channel: id, reference: measure("temperature_degC"), zero_per_K: z.number().default(0), span_per_K: z.number().default(0) })
  .transform(({ reference, ...rest }) => ({ ...rest, reference_degC: reference }));

/** What one unit of the other channel's gas makes this sensor read. */
const cross = z.strictObject({ channel: id, factor: z.number() });

export const calibration = z.strictObject({
  id: z.string(),
  date: isoDate,
  expires: isoDate.optional(),
  /** calibrated = (raw - zero) × span. */
  zero: z.number().default(0),
  span: z.number().positive().default(1),
  /** In the place of zero and span: calibrated = c0 + c1 × raw + c2 × raw² + … */
  polynomial: z.array(z.number()).min(2).max(8).optional(),
  /** Calibrated values that the certificate covers. */
  range: z.tuple([z.number(), z.number()]).optional(),
  temperature: temperature.optional(),
  cross: z.array(cross).min(1).max(8).optional(),
});
export type Calibration = z.output<typeof calibration>;
