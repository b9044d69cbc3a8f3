/** Every MQTT topic and its payload: one table. Below `offgas/<site>/<station>/`. Payloads are JSON. */
import { z } from "zod";
import { alarmNames, alarmStates, severities } from "../core/alarms.ts";
import { eventKinds } from "../core/judgement.ts";
import { type QuantityName, quantities, quantityNames } from "../core/quantities.ts";
import { reasonNames } from "../core/reasons.ts";
import { qualities } from "../core/sample.ts";
import { stages } from "../core/stages.ts";
import { commandSchema, replySchema } from "./command.ts";

/** In every message of the agent but a last will, which has no `seq`, and a reply, which has the id of its command: `boot` counts agent starts, `seq` rises by one per message within a boot, so that a consumer can drop repeats. */
const head = {
  v: z.literal(1),
  boot: z.int().nonnegative(),
  seq: z.int().nonnegative(),
};
/** `stamp_ns` is a decimal string: JSON numbers cannot carry nanoseconds. `time` is the same moment for people. */
const stamped = { ...head, stamp_ns: z.string().regex(/^\d+$/), time: z.iso.datetime() };
const uncertain = z.strictObject({ value: z.number(), u: z.number().optional() });
const scopeTags = { cell: z.string().optional(), pack: z.string().optional(), channel: z.string().optional() };

const quantity = z.enum(quantityNames as [QuantityName, ...QuantityName[]]);
/** Values travel in the canonical unit of their quantity; the unit is there for who reads without the table. */
const isCanonical = ({ quantity, unit }: { readonly quantity: QuantityName; readonly unit: string }): boolean => quantities[quantity].unit === unit;
const notCanonical = { error: "the unit is not the canonical unit of the quantity", path: ["unit"] };

/** Birth and last will. The will carries no seq of its own: a broker sends it when the agent cannot. */
const status = z.discriminatedUnion("state", [
  z.strictObject({
    ...stamped,
    state: z.literal("online"),
    version: z.string(),
    channels: z.array(z.strictObject({ id: z.string(), quantity, unit: z.string(), ...scopeTags }).refine(isCanonical, notCanonical)),
    cells: z.array(z.string()),
  }),
  z.strictObject({ v: z.literal(1), boot: z.int().nonnegative(), state: z.literal("offline"), why: z.enum(["stopped", "lost"]) }),
]);

const sample = z
  .strictObject({
    ...stamped,
    channel: z.string(),
    quantity,
    unit: z.string(),
    value: z.number().optional(),
    raw: z.number().optional(),
    bound: z.union([z.literal(-1), z.literal(0), z.literal(1)]),
    quality: z.enum(qualities),
    reason: z.enum(reasonNames as [string, ...string[]]),
  })
  .refine(isCanonical, notCanonical);

const estimate = z.strictObject({
  ...stamped,
  cell: z.string().optional(),
  pack: z.string().optional(),
  stage: z.enum(stages),
  judged: z.literal(false).optional(),
  p: z.partialRecord(z.enum(stages), z.number()).optional(),
  self_heating_K_per_min: uncertain.optional(),
  gas_mmol: uncertain.optional(),
  swelling_pct: uncertain.optional(),
  time_to_runaway_s: z.strictObject({ p05: z.number(), p50: z.number(), p95: z.number() }).optional(),
  time_to_swelling_limit_s: z.strictObject({ p05: z.number(), p50: z.number(), p95: z.number() }).optional(),
  swelling_knee_s: z.number().optional(),
  reasons: z.array(z.string()),
});

const alarm = z.strictObject({
  ...stamped,
  id: z.string(),
  occurrence: z.string(),
  alarm: z.enum(alarmNames as [string, ...string[]]),
  ...scopeTags,
  severity: z.enum(severities),
  active: z.boolean(),
  state: z.enum(alarmStates),
  planned: z.boolean(),
  why: z.array(z.string()),
});

const event = z.strictObject({
  ...stamped,
  event: z.enum(eventKinds),
  text: z.string(),
  output: z.string().optional(),
  bus: z.string().optional(),
  because: z.string().optional(),
});

/** For pages: at most one point a second and channel. */
const chart = z.strictObject({ ...head, channel: z.string(), time_ms: z.int(), unit: z.string(), value: z.number().optional(), quality: z.enum(qualities) });

/** `{…}` stands for one topic level, filled by `topicOf`. */
export const topics = {
  status: { path: "status", qos: 1, retain: true, payload: status },
  sample: { path: "sample/{channel}", qos: 0, retain: false, payload: sample },
  estimate: { path: "estimate/{cell}", qos: 0, retain: true, payload: estimate },
  alarm: { path: "alarm/{id}", qos: 1, retain: true, payload: alarm },
  event: { path: "event", qos: 1, retain: false, payload: event },
  chart: { path: "chart/{channel}", qos: 0, retain: false, payload: chart },
  command: { path: "command/{verb}", qos: 1, retain: false, payload: commandSchema },
  reply: { path: "reply/{id}", qos: 1, retain: false, payload: replySchema },
} as const;

export type TopicName = keyof typeof topics;
export type Payload<T extends TopicName> = z.infer<(typeof topics)[T]["payload"]>;

interface Place {
  readonly site: string;
  readonly station: string;
}

export const rootOf = ({ site, station }: Place): string => `offgas/${site}/${station}`;

/** Topic of one message; `level` fills the path's `{…}`. Ids never hold "/", "+" or "#": the station schema sees to it. */
export function topicOf(topic: TopicName, station: Place, level = ""): string {
  return `${rootOf(station)}/${topics[topic].path.replace(/\{\w+\}/, level)}`;
}
