/** Report by exception: which samples of a channel are stored and sent. */
import { z } from "zod";
import { measure } from "./measure.ts";

/** `deadband` keeps its unit as text: which units fit depends on the quantity. */
export const report = z
  .strictObject({ deadband: z.string(), heartbeat: measure("duration_s", 1).default(60) })
  .transform(({ heartbeat, ...rest }) => ({ ...rest, heartbeat_s: heartbeat }));
