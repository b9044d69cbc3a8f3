/** `truth.json` of a case: what really happened, on the recording's clock. */
import { z } from "zod";

/**
 * `swelling-limit`: irreversible growth passes the limit that the station file sets for the alarm `swelling`. `knee`: gas is made at twice the plateau's rate.
 */
export const truthEvents = ["self-heating-0.2", "self-heating-0.5", "self-heating-1", "vent", "swelling-limit", "knee", "runaway", "t3"] as const;

export const truthSchema = z.strictObject({
  v: z.literal(1),
  kind: z.string().min(1),
  healthy: z.boolean(),
  /** In time order. `time_s` in seconds from the start of the recording. */
  events: z.array(z.strictObject({ cell: z.string().optional(), event: z.enum(truthEvents), time_s: z.number() })),
  notes: z.string().optional(),
});
export type Truth = z.infer<typeof truthSchema>;
