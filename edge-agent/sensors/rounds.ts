/** Reads one chip at its beat, for ever, and says what came of it for each of its channels. */
import type { SensorPlan } from "../bus/messages.ts";
import { addressing, type WireKind, type Wires } from "../bus/wire.ts";
import type { Clock } from "../core/clock.ts";
import { type Fault, type FaultCode, isFault } from "../core/faults.ts";
import type { Reason } from "../core/reasons.ts";
import type { Reading } from "../core/sample.ts";
import type { AnyDriver, Measured, Sampled, Sensor } from "./driver.ts";

/** After this many failed reads in a row the chip is opened again: it may have been exchanged. */
const READS_BEFORE_REOPENING = 3;

const reasonOf: Readonly<Partial<Record<FaultCode, Reason>>> = {
  "bus/no-reply": "no-reply",
  "bus/deadline": "bus-deadline",
  "sensor/checksum": "checksum",
  "sensor/not-ready": "not-ready",
  "sensor/wrong-device": "wrong-device",
  "sensor/malformed": "malformed",
  "sensor/open-circuit": "open-circuit",
  "sensor/short-circuit": "short-circuit",
  "sensor/lost-config": "lost-config",
};

export interface RoundsContext {
  /** Of the kind that the driver names. */
  readonly bus: Wires[WireKind];
  readonly clock: Clock;
  /** "i2c-1", for details. */
  readonly busName: string;
  emit(readings: readonly Reading[]): void;
}

/**
 * Beats are counted from when the chip has its first result, on the monotonic clock, without drift; a slow read skips beats.
 * A chip that free-runs at its fastest sets its own beat. Opening gives no readings, failing gives one bad reading per channel and beat.
 * Rejects for the signal and for Fault `bus/unavailable`.
 */
export async function keepRounds(entry: AnyDriver, plan: SensorPlan, context: RoundsContext, signal: AbortSignal): Promise<never> {
  const { clock } = context;
  const period_s = Math.max(plan.period_s, entry.fastest_s);
  const chip = keptOpen(entry, plan, period_s, context);
  for (let due_s = clock.monotonic_s(); ; ) {
    await clock.sleep(Math.max(0, due_s - clock.monotonic_s()), signal);
    const { readings, wait_s } = await chip.beat();
    if (readings.length > 0) context.emit(readings);
    const now_s = clock.monotonic_s();
    due_s = wait_s === undefined ? due_s + period_s * Math.max(1, Math.ceil((now_s - due_s) / period_s)) : now_s + wait_s;
  }
}

interface Beat {
  readonly readings: readonly Reading[];
  /** Counts the beats anew from now. */
  readonly wait_s?: number;
}

/** Opens the chip when it must, reads it when it can. */
function keptOpen(entry: AnyDriver, plan: SensorPlan, period_s: number, { bus, clock, busName }: RoundsContext) {
  let sensor: Sensor | undefined;
  let failures = 0;
  const where = `${busName} ${addressing[entry.bus].spoken(plan.address)}`.trimEnd();
  const followsChip = plan.period_s <= entry.fastest_s;

  const bad = (error: unknown): Reading[] => {
    const [reason, why] = judged(error);
    const at_s = clock.monotonic_s();
    return plan.channels.map(({ channel }) => ({ channel, at_s, reason, detail: `${where}: ${why}` }));
  };

  const readingsOf = (sampled: Sampled): Reading[] =>
    plan.channels.flatMap(({ channel, name }) => several(sampled.outputs[name]).map((measured) => reading(channel, sampled, measured, where, plan.doubt)));

  /** Of eventful outputs, which must not take what they saw to the grave. */
  const left = (): Reading[] => {
    const outputs = sensor?.left?.() ?? {};
    return readingsOf({ at_s: clock.monotonic_s(), outputs: Object.fromEntries(plan.channels.map(({ name }) => [name, outputs[name] ?? []])) });
  };

  async function open(): Promise<number> {
    sensor = undefined;
    sensor = await entry.open({ bus, address: plan.address as number, clock }, plan.options, plan.channels);
    failures = 0;
    return sensor.first_in_s;
  }

  /** A chip that lost its settings is set up in the same beat; what it then is weighs more than what it lost. */
  async function reopen(lost: Fault): Promise<Beat> {
    const before = left();
    try {
      const wait_s = await open();
      return { readings: [...before, ...bad(lost)], wait_s };
    } catch (error) {
      return { readings: [...before, ...bad(error)] };
    }
  }

  async function beat(): Promise<Beat> {
    try {
      if (sensor === undefined) return { readings: [], wait_s: await open() };
      const sampled = await sensor.read(period_s);
      failures = 0;
      const readings = readingsOf(sampled);
      if (entry.keepsBeat === true) return { readings, wait_s: 0 };
      return followsChip && sampled.next_in_s !== undefined ? { readings, wait_s: sampled.next_in_s } : { readings };
    } catch (error) {
      if (isFault(error) && error.code === "sensor/lost-config" && sensor !== undefined) return reopen(error);
      failures++;
      const readings = [...left(), ...bad(error)];
      if (failures >= READS_BEFORE_REOPENING) sensor = undefined;
      return { readings };
    }
  }

  return { beat };
}

/** A fault of the whole bus is thrown on. A bug in one driver costs its own chip: the others of the bus are still worth reading. */
function judged(error: unknown): readonly [reason: Reason, why: string] {
  if (!isFault(error)) return ["malformed", `the driver failed: ${error}`];
  const reason = reasonOf[error.code];
  if (reason === undefined) throw error;
  return [reason, error.message];
}

const several = (measured: Sampled["outputs"][string] | undefined): (Measured | undefined)[] => [measured].flat();

function reading(channel: number, sampled: Sampled, measured: Measured | undefined, where: string, doubt: string | undefined): Reading {
  if (measured === undefined) throw new TypeError(`${where}: the driver gave no such output for channel ${channel}`);
  const doubted = measured.reason === undefined && doubt !== undefined ? { ...measured, reason: "operating-range" as const, detail: doubt } : measured;
  const { detail, raw, at_s = sampled.at_s, ...rest } = doubted;
  if (raw !== undefined && !Number.isFinite(raw)) return { channel, at_s, reason: "malformed", detail: `${where}: the driver gave ${raw}` };
  return { channel, at_s, ...rest, ...(raw === undefined ? {} : { raw }), ...(detail === undefined ? {} : { detail: `${where}: ${detail}` }) };
}
