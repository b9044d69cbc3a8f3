/** Ids as a station file writes them: of cells, packs, buses, channels and outputs. */
import { z } from "zod";
import { quote } from "./explain.ts";

export const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
  error: ({ input }) => `found ${quote(input)}; write letters, digits, '.', '_', '-' (at most 64, beginning with a letter or digit)`,
});
