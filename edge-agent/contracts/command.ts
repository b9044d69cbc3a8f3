/**
 * The command envelope: the one shape in which anything flows towards the agent. Over MQTT the MAC proves the actor, since a broker hides
 * who published; over the local Unix socket the file's owner and mode do, and `mac` is left out.
 */
import { z } from "zod";
import { alarmStates, severities } from "../core/alarms.ts";
import { quote } from "./explain.ts";
import { id } from "./ids.ts";

export const verbs = ["arm", "disarm", "status", "ack", "trip-test", "recent", "calibration"] as const;
export type Verb = (typeof verbs)[number];
export const roles = ["viewer", "operator", "engineer"] as const;

const envelope = {
  v: z.literal(1),
  id: z.string().min(1).max(64),
  actor: z.string().min(1).max(64),
  role: z.enum(roles),
  issued_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  mac: z.string().optional(),
};

/** What the person saw: the raise, and how grave it was; refused where it was raised again or is graver now. Left out, they are those that stand. */
const acknowledging = z.strictObject({
  alarm: z.string().regex(/^[A-Za-z0-9._:-]{1,128}$/, { error: ({ input }) => `found ${quote(input)}; write an alarm id such as runaway:C05` }),
  occurrence: z
    .ulid({ error: ({ input }) => `found ${quote(input)}; write the occurrence that the alarm bears, 26 letters and digits` })
    .toUpperCase()
    .optional(),
  severity: z.enum(severities).optional(),
});

/** The permit to open; left out, every one that is energised. */
const testing = z.strictObject({ output: z.string().min(1).max(64).optional() });

/** What a channel gave in the last `seconds`. */
const looking = z.strictObject({ channel: id, seconds: z.number().min(1).max(3600) });

/** A calibration or bump test that was made, for the journal: what came of it in one line. */
const calibrating = z.strictObject({
  channel: id,
  text: z.string().regex(/^[^\p{C}]{1,300}$/u, { error: "write one line of at most 300 characters" }),
});

export const commandSchema = z.discriminatedUnion("verb", [
  z.strictObject({ ...envelope, verb: z.enum(["arm", "disarm", "status"]), args: z.record(z.string(), z.unknown()).default({}) }),
  z.strictObject({ ...envelope, verb: z.literal("ack"), args: acknowledging }),
  z.strictObject({ ...envelope, verb: z.literal("trip-test"), args: testing.default({}) }),
  z.strictObject({ ...envelope, verb: z.literal("recent"), args: looking }),
  z.strictObject({ ...envelope, verb: z.literal("calibration"), args: calibrating }),
]);
export type Command = z.infer<typeof commandSchema>;

/** A command that came over MQTT with a MAC that is right. What it asks for, its text, is not judged yet. */
export interface ProvenCommand {
  readonly text: string;
  /** Whose key it is, and what for. */
  readonly actor: string;
  readonly role: Command["role"];
  /** Of the topic. */
  readonly verb: string;
}

/** An alarm as the reply to `status` lists it, under `alarms` of its result. */
export const standingAlarm = z.object({
  id: z.string(),
  occurrence: z.string(),
  severity: z.enum(severities),
  state: z.enum(alarmStates),
  active: z.boolean(),
  /** When it was raised. */
  since: z.iso.datetime(),
  planned: z.boolean(),
  why: z.array(z.string()),
});
export type StandingAlarm = z.infer<typeof standingAlarm>;

/** One permit in the result of `trip-test`. */
const tripTestRow = z.object({
  output: z.string(),
  opened: z.boolean(),
  /** From the first write of the test until this line was read back. */
  read_back_ms: z.number(),
  /** Why it is not known to be open. */
  fault: z.string().optional(),
});
export type TripTestRow = z.infer<typeof tripTestRow>;
/** What the result of `trip-test` holds beside what that of `arm` does. */
export const tripTestResult = z.object({ tested: z.array(tripTestRow) });

/** In the channel's canonical unit. `drift` is the mean of the later half less that of the earlier. */
const spread = z.object({ n: z.int(), mean: z.number(), sd: z.number(), drift: z.number(), latest: z.number() });

/**
 * The result of `recent`: what came and how much of it was in doubt, by reason. `raw` and `value` are of readings that are not bad. `covers_s` is less
 * than what was asked for where older readings are no longer kept.
 */
export const recentReadings = z.object({
  channel: z.string(),
  unit: z.string(),
  every_s: z.number(),
  covers_s: z.number(),
  n: z.int(),
  raw: spread.optional(),
  value: spread.optional(),
  doubts: z.record(z.string(), z.int()),
});
export type RecentReadings = z.infer<typeof recentReadings>;

export const replySchema = z.strictObject({
  v: z.literal(1),
  id: z.string(),
  ok: z.boolean(),
  /** What was done, or why not and what to do: one line. */
  text: z.string(),
  result: z.unknown().optional(),
});
export type Reply = z.infer<typeof replySchema>;
