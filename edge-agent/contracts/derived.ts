/** Channels that are calculated from others. */
import { z } from "zod";
import { id } from "./ids.ts";

export const derivedSource = z.discriminatedUnion("rule", [
  /** `tolerance` keeps its unit as text: which units fit depends on the quantity. */
  z.strictObject({ driver: z.literal("derived"), rule: z.literal("vote"), of: z.array(id).min(2).max(16), tolerance: z.string() }),
  /** The thermal conductivity first, then the CO2 that the same gas really holds. */
  z.strictObject({ driver: z.literal("derived"), rule: z.literal("h2-from-conductivity"), of: z.array(id).min(2).max(2) }),
]);
export type DerivedSource = z.output<typeof derivedSource>;

/** Undefined for a channel that is measured. */
export const derivedOf = ({ source }: { readonly source: { readonly driver: string } }): DerivedSource | undefined =>
  source.driver === "derived" ? (source as DerivedSource) : undefined;
