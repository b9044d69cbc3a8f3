/**
 * The command envelope: the one shape in which anything flows towards the agent. Over MQTT the MAC proves the actor, since a broker hides
 * who published; over the local Unix socket the file's owner and mode do, and `mac` is left out.
 */
import { z } from "zod";

export const verbs = ["arm", "disarm", "status"] as const;
export type Verb = (typeof verbs)[number];

export const commandSchema = z.strictObject({
  v: z.literal(1),
  id: z.string().min(1).max(64),
  actor: z.string().min(1).max(64),
  role: z.enum(["viewer", "operator", "engineer"]),
  issued_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  verb: z.enum(verbs),
  args: z.record(z.string(), z.unknown()).default({}),
  mac: z.string().optional(),
});
export type Command = z.infer<typeof commandSchema>;

export const replySchema = z.strictObject({
  v: z.literal(1),
  id: z.string(),
  ok: z.boolean(),
  /** What was done, or why not and what to do: one line. */
  text: z.string(),
  result: z.unknown().optional(),
});
export type Reply = z.infer<typeof replySchema>;
