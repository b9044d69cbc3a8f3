/**
 * What zod finds wrong with a file that a person wrote, as a sentence: what was found, what to write instead.
 * Given to `safeParse` as `{ error: explain }`; a message that a schema states itself goes first.
 */
import { z } from "zod";
import { didYouMean } from "./nearest.ts";

const longestQuote = 40;

/** Control and format characters as their code, so that a hostile file cannot write to the terminal. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);

/** A value as it may be quoted in one line: short, printable, and without the content of lists and maps. */
export function quote(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value !== "string") return String(value);
  return `"${printable(value.length > longestQuote ? `${value.slice(0, longestQuote)}…` : value)}"`;
}

/** What zod calls a type, in words that fit behind "write". */
const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map (key: value)",
  record: "a map (key: value)",
};

const formats: Readonly<Record<string, string>> = {
  date: "a date such as 2026-09-30",
  datetime: "a time such as 2026-09-30T12:00:00Z",
};

type RawIssue = z.core.$ZodRawIssue;
type Found<Code extends RawIssue["code"]> = Extract<RawIssue, { code: Code }>;

/** Reads "found X; write Y", or "missing; write `key: Y`" where there is nothing to quote. */
function instead(issue: RawIssue, wanted: string): string {
  if (issue.input !== undefined) return `found ${quote(issue.input)}; write ${wanted}`;
  const key = issue.path?.at(-1);
  return typeof key === "string" ? `missing; add "${key}: ${wanted.includes(" ") ? "…" : wanted}" with ${wanted}` : `missing; write ${wanted}`;
}

function wrongType(issue: Found<"invalid_type">): string {
  const { input } = issue;
  if (issue.expected === "string" && (typeof input === "number" || typeof input === "boolean"))
    return `found ${input}, which is not a text; write "${input}" in quotes`;
  return instead(issue, kinds[issue.expected] ?? issue.expected);
}

function wrongChoice(issue: RawIssue, choices: readonly unknown[]): string {
  const names = choices.map(String);
  const wanted = names.length === 1 ? `${names[0]}` : `one of ${names.join(", ")}`;
  const guess = typeof issue.input === "string" ? didYouMean(issue.input, names) : "";
  return guess === "" ? instead(issue, wanted) : `found ${quote(issue.input)}${guess} (${wanted})`;
}

/** One line per key, in the order of the issue's `keys`, so that a caller that knows positions can part them. */
function unknownKeys(issue: Found<"unrecognized_keys">): string {
  const allowed = issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : [];
  const known = allowed.length === 0 ? "" : ` (known here: ${allowed.join(", ")})`;
  return issue.keys.map((key) => `unknown key ${quote(key)}${didYouMean(key, allowed)}${known}`).join("\n");
}

function bound(issue: Found<"too_small"> | Found<"too_big">): string {
  const small = issue.code === "too_small";
  const limit = small ? issue.minimum : issue.maximum;
  if (issue.origin === "array") return small ? `found ${quote(issue.input)} of fewer than ${limit}; add at least one` : `found more than ${limit}`;
  if (issue.origin === "string") return small ? "found an empty text; write one" : `found ${quote(issue.input)}; write at most ${limit} characters`;
  const strictly = issue.inclusive === false;
  return `found ${quote(issue.input)}; write a number ${small ? (strictly ? "above" : "of at least") : strictly ? "below" : "of at most"} ${limit}`;
}

export function explain(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue);
    case "invalid_value":
      return wrongChoice(issue, issue.values);
    case "unrecognized_keys":
      return unknownKeys(issue);
    case "too_small":
    case "too_big":
      return bound(issue);
    case "invalid_format":
      return instead(issue, formats[issue.format] ?? `a text in the format ${issue.format}`);
    case "invalid_union":
      return Array.isArray(issue.options) ? wrongChoice(discriminated(issue), issue.options) : instead(issue, anyOf(issue));
    default:
      return undefined;
  }
}

/** Of a discriminated union the whole item is the input; what a person wrote wrong is its one key. */
function discriminated(issue: Found<"invalid_union">): RawIssue {
  const key = typeof issue.discriminator === "string" ? issue.discriminator : undefined;
  const input = key !== undefined && typeof issue.input === "object" && issue.input !== null ? (issue.input as Record<string, unknown>)[key] : issue.input;
  return { ...issue, input } as RawIssue;
}

/** What the branches of a plain union ask for. */
function anyOf({ errors }: Found<"invalid_union">): string {
  const wanted = errors.flatMap(([first]) => (first?.code === "invalid_type" ? [kinds[first.expected] ?? first.expected] : []));
  return wanted.length === 0 ? "another value" : wanted.join(" or ");
}
