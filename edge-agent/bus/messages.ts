/** What the bus process and the agent tell each other. The agent believes nothing of it unseen. */
import { type Reason, reasons } from "../core/reasons.ts";
import type { Reading } from "../core/sample.ts";
import type { BusFault } from "./simulated-bus.ts";
import type { Address, WireKind, WireSettings } from "./wire.ts";

type Options = Readonly<Record<string, string | number | boolean | readonly [factor: number, offset: number, to: string]>>;

/** One chip, the channels that it feeds, and its beat. */
export interface SensorPlan {
  readonly driver: string;
  readonly address: Address;
  readonly options: Options;
  readonly period_s: number;
  /** `name`: under which the driver gives it; `keys`: those of the channel itself, where the output takes some. */
  readonly channels: readonly { readonly channel: number; readonly name: string; readonly output: string; readonly keys: Options }[];
  /** Why every reading here is `uncertain`, whatever the chip says: where it stands is not where its maker meant it to. */
  readonly doubt?: string;
}

/** What the agent knows of a process that reads for it, whatever it reads: the first and only message to it. Times are monotonic. */
export interface ProcessPlan {
  readonly bus: string;
  readonly deadline_s: number;
  readonly faults: readonly BusFault[];
  readonly sensors: readonly { readonly period_s: number; readonly channels: readonly { readonly channel: number }[] }[];
}

/** That of a process which reads the chips of a bus. */
export interface BusPlan extends ProcessPlan {
  readonly wire: WireSettings[WireKind];
  readonly simulated: boolean;
  readonly sensors: readonly SensorPlan[];
}

export type BusMessage =
  | { readonly kind: "alive" }
  /** `at_s` is monotonic here. `skipped`: readings since the last such message that came too late or too fast to be handed on. */
  | { readonly kind: "readings"; readonly readings: readonly Reading[]; readonly skipped?: number }
  /** A transfer outlived the deadline: the process asks to be ended. */
  | { readonly kind: "overdue"; readonly what: string }
  /** The bus cannot be used at all; the process ends itself. */
  | { readonly kind: "unusable"; readonly why: string };

/** Heartbeats come this often within a deadline. */
export const BEATS_PER_DEADLINE = 4;

/**
 * How many messages a bus process may send: four times what its heartbeats and sensors need, saved up for at most a minute,
 * since all that it sent while the agent was busy arrives at once.
 */
export function allowance(plan: ProcessPlan, from_s: number): (now_s: number) => boolean {
  const perSecond = 4 * (BEATS_PER_DEADLINE / plan.deadline_s + plan.sensors.reduce((sum, { period_s }) => sum + 1 / period_s, 0));
  const most = 60 * perSecond + 200;
  let [left, at_s] = [200, from_s];
  return (now_s) => {
    left = Math.min(most, left + (now_s - at_s) * perSecond) - 1;
    at_s = now_s;
    return left >= 0;
  };
}

/** A message as sent, or undefined for anything else. `channels` are those that this bus may speak for; `latest_s` is now. */
export function parseBusMessage(input: unknown, channels: ReadonlySet<number>, latest_s: number): BusMessage | undefined {
  if (!isRecord(input)) return undefined;
  if (input.kind === "alive") return { kind: "alive" };
  if (input.kind === "overdue" && typeof input.what === "string") return { kind: "overdue", what: input.what };
  if (input.kind === "unusable" && typeof input.why === "string") return { kind: "unusable", why: input.why };
  if (input.kind !== "readings" || !Array.isArray(input.readings)) return undefined;
  const { skipped = 0 } = input;
  if (typeof skipped !== "number" || !Number.isSafeInteger(skipped) || skipped < 0) return undefined;
  const readings = input.readings.map((reading) => parseReading(reading, channels, latest_s));
  return readings.every((reading) => reading !== undefined) ? { kind: "readings", readings, ...(skipped > 0 && { skipped }) } : undefined;
}

function parseReading(input: unknown, channels: ReadonlySet<number>, latest_s: number): Reading | undefined {
  if (!isRecord(input)) return undefined;
  const { channel, at_s, raw, bound, reason, detail } = input;
  if (typeof channel !== "number" || !channels.has(channel)) return undefined;
  if (!isFiniteNumber(at_s) || at_s > latest_s) return undefined;
  if (raw !== undefined && !isFiniteNumber(raw)) return undefined;
  if (bound !== undefined && bound !== -1 && bound !== 0 && bound !== 1) return undefined;
  if (reason !== undefined && !isReason(reason)) return undefined;
  if (detail !== undefined && typeof detail !== "string") return undefined;
  if (raw === undefined && reason === undefined) return undefined;
  return {
    channel,
    at_s,
    ...(raw === undefined ? {} : { raw }),
    ...(bound === undefined ? {} : { bound }),
    ...(reason === undefined ? {} : { reason }),
    ...(detail === undefined ? {} : { detail: detail.slice(0, 300) }),
  };
}

const isRecord = (input: unknown): input is Record<string, unknown> => typeof input === "object" && input !== null && !Array.isArray(input);
const isFiniteNumber = (input: unknown): input is number => typeof input === "number" && Number.isFinite(input);
const isReason = (input: unknown): input is Reason => typeof input === "string" && Object.hasOwn(reasons, input);
