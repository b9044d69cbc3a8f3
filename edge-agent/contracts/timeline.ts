/** `timeline.jsonl`, `summary.json`: what a replay writes, one object a line in time order. `time_s` is the recording's time. */
import { z } from "zod";
import { alarmNames, alarmStates, severities } from "../core/alarms.ts";
import { eventKinds } from "../core/judgement.ts";
import { stages } from "../core/stages.ts";

const uncertain = z.strictObject({ value: z.number(), u: z.number().optional() });

export const timelineAlarm = z.strictObject({
  v: z.literal(1),
  type: z.literal("alarm"),
  time_s: z.number(),
  id: z.string(),
  occurrence: z.string(),
  cell: z.string().optional(),
  pack: z.string().optional(),
  channel: z.string().optional(),
  alarm: z.enum(alarmNames as [string, ...string[]]),
  severity: z.enum(severities),
  active: z.boolean(),
  state: z.enum(alarmStates),
  planned: z.boolean(),
  why: z.array(z.string()),
});

export const timelineEstimate = z.strictObject({
  v: z.literal(1),
  type: z.literal("estimate"),
  time_s: z.number(),
  cell: z.string().optional(),
  pack: z.string().optional(),
  stage: z.enum(stages),
  judged: z.literal(false).optional(),
  p: z.partialRecord(z.enum(stages), z.number().min(0).max(1)).optional(),
  self_heating_K_per_min: uncertain.optional(),
  gas_mmol: uncertain.optional(),
  swelling_pct: uncertain.optional(),
  time_to_runaway_s: z.strictObject({ p05: z.number(), p50: z.number(), p95: z.number() }).optional(),
  time_to_swelling_limit_s: z.strictObject({ p05: z.number(), p50: z.number(), p95: z.number() }).optional(),
  swelling_knee_s: z.number().optional(),
  reasons: z.array(z.string()),
});

export const timelineEvent = z.strictObject({
  v: z.literal(1),
  type: z.literal("event"),
  time_s: z.number(),
  event: z.enum(eventKinds),
  text: z.string(),
  output: z.string().optional(),
  bus: z.string().optional(),
  because: z.string().optional(),
});

export const timelineLine = z.discriminatedUnion("type", [timelineAlarm, timelineEstimate, timelineEvent]);
export type TimelineLine = z.infer<typeof timelineLine>;

export const summarySchema = z.strictObject({
  v: z.literal(1),
  rows_read: z.int(),
  /** Rows or cells that became no sample, by cause. */
  dropped: z.strictObject({ no_time: z.int(), duplicate_time: z.int(), backward_time: z.int(), malformed: z.int() }),
  samples: z.int(),
  by_quality: z.strictObject({ good: z.int(), uncertain: z.int(), bad: z.int() }),
  alarms: z.int(),
  first_time_s: z.partialRecord(z.enum(severities), z.number()),
  wall_s: z.number(),
  samples_per_s: z.number(),
});
export type Summary = z.infer<typeof summarySchema>;
