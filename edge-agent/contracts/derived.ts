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

/**
 * Channels that are voted on. Detectors hear their vote alone, or one of them could still do alone what a vote is to prevent; they are stored, and
 * watched for loss, as any other.
 */
export const votersOf = (channels: readonly { readonly source: { readonly driver: string } }[]): ReadonlySet<string> =>
  new Set(
    channels.flatMap((channel) => {
      const source = derivedOf(channel);
      return source?.rule === "vote" ? source.of : [];
    }),
  );
