/** What somebody else wrote as a value → a number with its bound, or what is wrong with it. Shared by messages and tables. */
import { parseField } from "../contracts/recording.ts";
import type { Reading } from "../core/sample.ts";

export interface Conversion {
  readonly channel: number;
  readonly factor: number;
  readonly offset: number;
}

/**
 * A number, or text that holds one in decimal notation (">=1000" is censored). Undefined for blank text: nothing was measured. Anything else,
 * such as "NaN", 1e999 or true, is `malformed`.
 */
export function readingOf({ channel, factor, offset }: Conversion, written: unknown, at_s: number): Reading | undefined {
  const field = typeof written === "number" ? { value: written, bound: 0 as const } : typeof written === "string" ? parseField(written) : "malformed";
  if (field === undefined) return undefined;
  if (field === "malformed") return malformed(channel, at_s, `found ${excerpt(written)}, which is no number`);
  const raw = field.value * factor + offset;
  if (!Number.isFinite(raw)) return malformed(channel, at_s, `found ${excerpt(written)}, which is beyond any number`);
  return { channel, at_s, raw, ...(field.bound !== 0 && { bound: field.bound }) };
}

export const malformed = (channel: number, at_s: number, detail: string): Reading => ({ channel, at_s, reason: "malformed", detail });

const LONGEST_characters = 40;

/** For a person's eyes: short, on one line, without control characters. */
export function excerpt(written: unknown): string {
  if (written === undefined) return "nothing";
  if (typeof written === "number") return String(written); // JSON would make null of Infinity
  if (typeof written === "object" && written !== null) return Array.isArray(written) ? "a list" : "an object";
  const text = JSON.stringify(typeof written === "string" ? written.slice(0, LONGEST_characters) : written);
  return text.replace(/[\u007f-\u009f\u2028\u2029]/g, "?");
}
