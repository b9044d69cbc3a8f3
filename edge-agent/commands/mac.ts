/**
 * What proves a command that came by way of a broker: HMAC-SHA256 (RFC 2104) in lower-case hex over the UTF-8 of one canonical JSON array,
 * `[root, v, id, actor, role, issued_at, expires_at, verb, args]`. Canonical: no white space, object keys in the order of their UTF-16 code
 * units at every level, strings and numbers as JSON.stringify writes them. `root` is `offgas/<site>/<station>`, so that a command for one
 * station proves nothing at another.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

const signed = ["v", "id", "actor", "role", "issued_at", "expires_at", "verb", "args"] as const;
export type Signed = Readonly<Record<(typeof signed)[number], unknown>>;

export function macOf(key: Uint8Array, root: string, command: Signed): string {
  return createHmac("sha256", key)
    .update(canonical([root, ...signed.map((field) => command[field])]))
    .digest("hex");
}

/** In a time that does not tell how much of it is right. */
export function isMac(given: unknown, expected: string): boolean {
  if (typeof given !== "string") return false;
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const map = value as Readonly<Record<string, unknown>>;
  const members = Object.keys(map)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(map[key])}`);
  return `{${members.join(",")}}`;
}
