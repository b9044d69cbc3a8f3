/** One message of a topic → a reading for each of its channels. Whatever the payload is, it costs no more than these. */
import { valueAt } from "../contracts/json-path.ts";
import type { Reading } from "../core/sample.ts";
import type { TopicPlan } from "./plan.ts";
import { malformed, readingOf } from "./value.ts";

/** Far more than a cycler's status. */
export const largest_Bytes = 64 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** `payload` is JSON in UTF-8; a bare number is that, too. */
export function readMessage({ topic, channels }: Pick<TopicPlan, "topic" | "channels">, payload: Uint8Array, at_s: number): Reading[] {
  const json = parsed(payload);
  return channels.map((each) => {
    const bad = (what: string) => malformed(each.channel, at_s, `${topic}: ${what}`);
    if ("problem" in json) return bad(json.problem);
    const found = valueAt(json.value, each.path);
    if (found === undefined) return bad(`nothing stands at ${each.written} in the message`);
    const reading = readingOf(each, found, at_s) ?? bad(`the text at ${each.written} is blank`);
    return reading.detail === undefined || reading.detail.startsWith(`${topic}: `) ? reading : bad(`${each.written}: ${reading.detail}`);
  });
}

function parsed(payload: Uint8Array): { readonly value: unknown } | { readonly problem: string } {
  if (payload.length === 0) return { problem: "the message is empty" };
  if (payload.length > largest_Bytes) return { problem: `a message of ${payload.length} Bytes; at most ${largest_Bytes} are read` };
  let text: string;
  try {
    text = utf8.decode(payload);
  } catch {
    return { problem: "the message is not UTF-8" };
  }
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { problem: "the message is not JSON" };
  }
}
