/**
 * TI ADS1115 that watches one input without a pause, for what lasts milliseconds: a vent's pressure peak, a voltage that breaks down.
 * Registers and their sources as in `ads1115.ts`. The chip converts by itself (MODE = 0) and says nothing of when a result is new, so that it is
 * looked at a quarter more often than it converts: no result is missed while the bus keeps up, some are seen twice, and each is at most one
 * conversion and one look older than its time. At 100 kHz a look takes 0.45 ms of the wire; what it takes of a Raspberry Pi was not measured.
 *
 * Each half second ends with one conversion on demand, which shows that the chip still converts; then the settings, the data rate among them, and
 * the mark are read back. What was read before is believed only then.
 */
import { Fault, isFault } from "../core/faults.ts";
import {
  AGAINST_GROUND,
  COMPARATOR_OFF,
  CONFIG,
  CONVERSION,
  checkMark,
  chipOptions,
  type FullScale,
  IDLE,
  ONCE,
  register,
  scaleOf,
  set,
  settled,
  voltageOf,
  writeMark,
} from "./ads1115.ts";
import { Burst, type Conversion } from "./burst.ts";
import {
  type DriverEntry,
  type Link,
  type Measured,
  OF_THE_QUANTITY,
  type OptionRule,
  type Options,
  type ScaledOutput,
  type Sensor,
  type Taken,
} from "./driver.ts";
import { Peak, type Timed } from "./peak.ts";
import { scaledBy, type TransducerName, transducers } from "./transducers.ts";

/** Bits 5 to 7 for each rate. */
const RATES: Readonly<Record<number, number>> = { 128: 0x0080, 250: 0x00a0, 475: 0x00c0 };
const SLOWEST = 1.12; // conversions may take a ninth longer than their rate says
const LOOKS_per_conversion = 1.25; // a clock that is 10 % fast, and some
const BELIEVED_AFTER_s = 0.5;
/** Of one burst with one reading, so that the agent is never busy with them for long. */
const MOST_per_beat = 512;

const OUTPUT = /^([a-z]+?)(?:_(max|burst))?$/;

/** One output: sees what may be believed, and gives something once a beat. */
interface Lane {
  readonly name: string;
  see(conversion: Conversion): void;
  given(): Measured | readonly Measured[];
  /** A read has failed, and the beat with it: what an eventful output holds comes at once. */
  left(): readonly Measured[];
}

interface Input {
  readonly link: Link;
  readonly full: FullScale;
  readonly conversion_s: number;
  /** Settings for conversions without end, and for one. */
  readonly endless: number;
  readonly one: number;
}

async function open(link: Link, options: Options, taken: readonly Taken[]): Promise<Sensor> {
  const full = scaleOf(options);
  const rate = RATES[Number(options.rate_Hz)];
  if (rate === undefined) throw new TypeError(`opened with ${options.rate_Hz} Hz`);
  const endless = AGAINST_GROUND | (Number(String(options.input).slice(-1)) << 12) | full.gain | rate | COMPARATOR_OFF;
  const input: Input = { link, full, conversion_s: 1 / Number(options.rate_Hz), endless, one: endless | IDLE | ONCE };
  await writeMark(link);
  return watch(
    input,
    taken.map((one) => laneOf(one, input, options)),
  );
}

async function watch(input: Input, lanes: readonly Lane[]): Promise<Sensor> {
  const { clock } = input.link;
  const first_in_s = SLOWEST * input.conversion_s;
  let fresh_s = 0;
  /** After a failure nobody knows what the chip does: it would show its last result for ever. */
  let going = false;
  let end_s = Number.NEGATIVE_INFINITY;
  let last_s = Number.NaN;

  async function go(): Promise<void> {
    going = false;
    await set(input.link, CONFIG, input.endless);
    fresh_s = clock.monotonic_s() + first_in_s;
    await confirmed(input);
    going = true;
  }

  /** Looks until `until_s`, then has all of it confirmed. */
  async function believed(until_s: number): Promise<Conversion[]> {
    if (!going) await go();
    const found = await looked(input, fresh_s, until_s);
    going = false;
    found.push(await proof(input));
    await go();
    return found;
  }

  async function read(beat_s: number) {
    const now_s = clock.monotonic_s();
    end_s = end_s + beat_s > now_s ? end_s + beat_s : now_s + beat_s;
    do {
      for (const conversion of await believed(Math.min(end_s, clock.monotonic_s() + BELIEVED_AFTER_s))) {
        last_s = conversion.at_s;
        for (const lane of lanes) lane.see(conversion);
      }
    } while (clock.monotonic_s() + input.conversion_s < end_s);
    return { at_s: last_s, outputs: Object.fromEntries(lanes.map((lane) => [lane.name, lane.given()])) };
  }

  await go();
  return { first_in_s, read, left: () => Object.fromEntries(lanes.map((lane) => [lane.name, lane.left()])) };
}

/** A look that fails is a gap, and no more: should nothing answer at all, the proof behind it says so. */
async function looked({ link, conversion_s }: Input, from_s: number, until_s: number): Promise<Conversion[]> {
  const { bus, address, clock } = link;
  const found: Conversion[] = [];
  for (let due_s = from_s; due_s < until_s; due_s = Math.max(due_s + conversion_s / LOOKS_per_conversion, clock.monotonic_s())) {
    await clock.sleep(Math.max(0, due_s - clock.monotonic_s()));
    try {
      const [high, low, ...more] = await bus.writeRead(address, CONVERSION, 2);
      if (high !== undefined && low !== undefined && more.length === 0) found.push({ at_s: clock.monotonic_s(), code: codeOf(high, low) });
    } catch (error) {
      if (!isFault(error) || error.code !== "bus/no-reply") throw error;
    }
  }
  return found;
}

const codeOf = (high: number, low: number): number => (((high << 8) | low) << 16) >> 16;

/** One conversion on demand; until it is set going again, the chip makes no more. */
async function proof({ link, one, conversion_s }: Input): Promise<Conversion> {
  const { clock } = link;
  await set(link, CONFIG, one);
  const found = await settled(link, SLOWEST * conversion_s);
  const code = await register(link, CONVERSION);
  const at_s = clock.monotonic_s();
  if (found === one) return { at_s, code: (code << 16) >> 16 };
  await checkMark(link);
  throw found & IDLE
    ? new Fault("sensor/lost-config", `the setting reads 0x${found.toString(16)}, not as written`)
    : new Fault("sensor/not-ready", "no conversion came of being asked for one");
}

async function confirmed({ link, endless }: Input): Promise<void> {
  const found = (await register(link, CONFIG)) & ~IDLE; // the top bit only says whether a conversion is under way
  await checkMark(link);
  if (found !== endless) throw new Fault("sensor/lost-config", `the setting reads 0x${found.toString(16)}, not as written`);
}

type Reckon = (conversion: Conversion) => Timed;

function laneOf({ name, output, keys }: Taken, input: Input, options: Options): Lane {
  const [, kind, what] = OUTPUT.exec(output) ?? [];
  const transducer = transducers[kind as TransducerName];
  const supply_V = input.full.supply_V;
  const scale = transducer.scale(keys);
  const reckon: Reckon = ({ at_s, code }) => ({ ...scale(voltageOf(code, input.full), { raw: supply_V }), at_s });
  if (what === "max") return peakLane(name, reckon, new Peak(2 * input.conversion_s));
  if (what === undefined) return valueLane(name, reckon);
  const step_V = Number(keys.step) / Math.abs(transducer.perVolt(keys, supply_V));
  const burst = new Burst({
    before_s: Number(options.before),
    after_s: Number(options.after),
    every_s: input.conversion_s / LOOKS_per_conversion,
    step: step_V === 0 ? undefined : (step_V / input.full.full_scale_V) * 0x8000,
  });
  return burstLane(name, reckon, burst);
}

/** The last conversion of the beat, as a chip that is asked once a beat gives it. */
function valueLane(name: string, reckon: Reckon): Lane {
  let last: Conversion | undefined;
  return {
    name,
    see(conversion) {
      last = conversion;
    },
    given: () => (last === undefined ? { reason: "not-ready" } : reckon(last)),
    left: () => [],
  };
}

function peakLane(name: string, reckon: Reckon, peak: Peak): Lane {
  return {
    name,
    see: (conversion) => peak.see(reckon(conversion)),
    given: () => peak.take(),
    left() {
      peak.forget();
      return [];
    },
  };
}

/** Shows its last conversion once after each opening and each failure: its silence then means that nothing happens. */
function burstLane(name: string, reckon: Reckon, burst: Burst): Lane {
  let shown = false;
  let last: Conversion | undefined;
  return {
    name,
    see(conversion) {
      burst.push(conversion);
      last = conversion;
    },
    given() {
      if (!shown && last !== undefined) burst.show(last);
      shown = true;
      return burst.take(MOST_per_beat).map(reckon);
    },
    left() {
      shown = false;
      return burst.end().map(reckon);
    },
  };
}

const step: OptionRule = { from: 0, to: Number.POSITIVE_INFINITY, unit: OF_THE_QUANTITY, default: 0 };

/** What one kind of transducer gives: its value each beat, the greatest of each beat, and every conversion around a sudden change. */
const outputsOf = (name: TransducerName): (readonly [string, ScaledOutput])[] => [
  [name, scaledBy(name)],
  [`${name}_max`, scaledBy(name)],
  [`${name}_burst`, { keys: { ...transducers[name].keys, step }, eventful: true }],
];

export const ads1115Burst: DriverEntry = {
  driver: "ads1115-burst",
  title: "TI ADS1115, one input without a pause",
  bus: "i2c",
  addresses: [0x48, 0x49, 0x4a, 0x4b],
  outputs: Object.fromEntries((["loop", "ratio", "linear"] as const).flatMap(outputsOf)),
  options: {
    ...chipOptions,
    input: { choices: ["ain0", "ain1", "ain2", "ain3"], default: "ain0" },
    rate_Hz: { choices: [128, 250, 475], default: 250 },
    before: { from: 0, to: 10, unit: "s", default: 2 },
    after: { from: 0, to: 30, unit: "s", default: 3 },
  },
  fastest_s: 0.1,
  keepsBeat: true,
  open,
};
