/** Channels without a beat: they record events and are silent otherwise. A station file says so with `every: event`, which reads as a period without end. */
export const isEventful = ({ every_s }: { readonly every_s: number }): boolean => every_s === Number.POSITIVE_INFINITY;
