/** One MQTT message → a payload of the topics table, or nothing. */
import { type Payload, type TopicName, topics } from "../../edge-agent/contracts/topics.ts";

/** Undefined: nothing that the table knows. A field that a newer agent added is no reason to go blind: adding one is compatible. */
export function read<T extends TopicName>(name: T, text: string): Payload<T> | undefined {
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = topics[name].payload.safeParse(payload);
  if (parsed.success) return parsed.data as Payload<T>;
  return parsed.error.issues.every(({ code }) => code === "unrecognized_keys") ? (payload as Payload<T>) : undefined;
}
