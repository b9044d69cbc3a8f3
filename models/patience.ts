/** How long a channel may be silent before what it last said is no longer known. It follows the channel's own period: a slow sensor is not a lost one. */
import { silenceParams as p } from "./params/detectors.ts";

export const patience_s = (every_s: number): number => Math.max(p.least_s, p.periods * every_s);
