/** `offgas calibrate`: walks a person through a calibration or a bump test of one channel. The station file is theirs to change. */
import { existsSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { reach_s } from "../agent/recent.ts";
import { loadStation } from "../config/load.ts";
import { isoDate } from "../contracts/calibration.ts";
import { recentReadings } from "../contracts/command.ts";
import { derivedOf } from "../contracts/derived.ts";
import type { Channel } from "../contracts/station.ts";
import { systemClock } from "../core/clock.ts";
import { exitCode, Fault } from "../core/faults.ts";
import { splitMeasure } from "../core/measured.ts";
import { quantityOf, toCanonical, unitsOf } from "../core/quantities.ts";
import { askAt, doorOf, user } from "./ask.ts";
import { bumped, lineThrough, type Point, pointRecord, stationLines, yearAfter } from "./calibration-record.ts";
import { amount, steady, type Watch } from "./steady.ts";

const help = `offgas calibrate: walks a person through a calibration or a bump test of one channel

usage: offgas calibrate CHANNEL --config station.yaml --point 0 --point 50 [--certificate TEXT] [--expires DATE] [--out FILE]
       offgas calibrate CHANNEL --config station.yaml --point 50 --bump [--tolerance 10] [--out FILE]

The agent goes on measuring, deciding and alarming all the while: plan for the alarms that the gas raises.
For each point: apply the gas or the bath, press Enter, and wait until the reading stands still. Two points give zero and span; one point moves
the zero and leaves the span. What to write into the station file is printed, a record is written, and the agent's journal takes a line.
A bump test changes nothing: it passes when the calibrated reading comes within the tolerance, as fast as the channel's t90.

  --config FILE       the station file that the agent was started with
  --point VALUE       what is applied: a number in the channel's unit, or with a unit such as "50 ppm"; once or twice
  --bump              a bump test with one point
  --tolerance PERCENT of what was applied, for a bump test (10)
  --certificate TEXT  of the gas or the bath, for the record
  --expires DATE      until when a calibration holds, such as 2027-05-31 (a year from today); readings after it are uncertain
  --id TEXT           of this calibration (channel and date)
  --stable VALUE      how far the reading may still drift over the window (0.5 % of the way between two points, 1 % of a single one)
  --window SECONDS    how long it must stand still (30, or ten readings; no longer than the agent keeps, which is some 500 readings)
  --limit SECONDS     how long to wait for that, for each point (600)
  --out FILE          the record, as JSON (the id and .json); never overwrites
  --yes               asks nothing, for a gas mixer that a script turns: each further point begins when the reading has left the one before

exit codes: 0 done and, for a bump test, passed; 1 failed, refused, or no agent answers; 2 wrong usage, 78 invalid configuration

examples:
  offgas calibrate P1.h2 --config station.yaml --point 0 --point 500 --certificate "cylinder 4711"
  offgas calibrate C07.t1 --config station.yaml --point "0 degC" --stable 0.1
  offgas calibrate P1.hf --config station.yaml --point 5 --bump
`;

export async function calibrate(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      config: { type: "string" },
      point: { type: "string", multiple: true, default: [] },
      bump: { type: "boolean", default: false },
      tolerance: { type: "string", default: "10" },
      certificate: { type: "string" },
      expires: { type: "string" },
      id: { type: "string" },
      stable: { type: "string" },
      window: { type: "string" },
      limit: { type: "string", default: "600" },
      out: { type: "string" },
      yes: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return exitCode.fine;
  }
  const usage = (text: string) => {
    process.stderr.write(`offgas calibrate: ${text}; see offgas calibrate --help\n`);
    return exitCode.usage;
  };
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) return usage("name one channel, such as P1.h2");
  if (values.config === undefined) return usage("--config missing");
  if (values.point.length < 1 || values.point.length > (values.bump ? 1 : 2))
    return usage(values.bump ? "a bump test has one --point" : "give one --point or two");
  if (!values.yes && !process.stdin.isTTY) return usage("nobody is there to apply the gas: start it on a terminal, or add --yes where a script does");

  const station = loadStation(values.config);
  const channel = station.channels.find(({ id }) => id === name);
  if (channel === undefined) return usage(`the station has no channel "${name}" (channels: ${station.channels.map(({ id }) => id).join(", ")})`);
  const objection = values.bump ? undefined : unfit(channel);
  if (objection !== undefined) return usage(objection);
  const expected = values.point.map((text) => valueIn(channel, text));
  const today = now().slice(0, "2026-01-01".length);
  const expires = values.expires ?? yearAfter(today);
  if (values.bump && values.expires !== undefined) return usage("a bump test renews no calibration: leave --expires out");
  if (!isoDate.safeParse(expires).success || expires <= today) return usage(`--expires must be a date after today, such as ${yearAfter(today)}`);
  const numbers = {
    stable: values.stable === undefined ? tolerable(expected) : parsed(values.stable),
    window: parsed(values.window ?? String(Math.min(Math.max(30, 10 * channel.every_s), reach_s(channel.every_s)))),
    limit: parsed(values.limit),
    tolerance: parsed(values.tolerance) / 100,
  };
  const wrong = Object.entries(numbers).find(([, value]) => !(value > 0));
  if (wrong !== undefined)
    return usage(
      `--${wrong[0]} must be a number above 0${wrong[0] === "stable" ? " in the channel's unit: 1 % of zero is nothing, so say how much drift is little" : ""}`,
    );
  if (expected.some(Number.isNaN)) return usage(`a --point is a number, or one with a unit of ${channel.quantity}: ${unitsOf(channel.quantity).join(", ")}`);
  if (expected.length === 2 && expected[0] === expected[1]) return usage("the two points are the same");

  const id = values.id ?? `${channel.id}-${now().slice(0, 16).replaceAll(":", "")}${values.bump ? "-bump" : ""}`;
  const out = values.out ?? `${id}.json`;
  if (existsSync(out)) return usage(`${out} is there already; name another file with --out`);
  const socket = doorOf(values.config, station);
  const watch = watchOf(socket, channel, values.bump ? "value" : "raw", numbers);
  const points = await measured(watch, channel, expected, values.yes);
  return tell({ socket, channel, points, id, out, bump: values.bump, tolerance: numbers.tolerance, certificate: values.certificate, expires });
}

/** Readings that two numbers cannot mend. */
function unfit(channel: Channel): string | undefined {
  if (derivedOf(channel) !== undefined) return `${channel.id} is calculated: calibrate its inputs`;
  const { polynomial, temperature } = channel.calibration ?? {};
  if (polynomial !== undefined || temperature !== undefined)
    return `${channel.id} has a ${polynomial === undefined ? "temperature correction" : "polynomial"}, which two points cannot renew: use --bump here, and a laboratory for the rest`;
  return undefined;
}

const parsed = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));

function valueIn({ quantity }: Channel, text: string): number {
  const parts = splitMeasure(text);
  if (parts === undefined) return parsed(text);
  const unit = toCanonical(quantity, parts.unit);
  return unit === undefined ? Number.NaN : parts.value * unit[0] + unit[1];
}

const tolerable = ([first = 0, second]: readonly number[]): number => (second === undefined ? 0.01 * Math.abs(first) : 0.005 * Math.abs(second - first));
const now = (): string => new Date(Number(systemClock.wall_ns() / 1_000_000n)).toISOString();

function watchOf(socket: string, channel: Channel, of: Watch["of"], { stable, window, limit }: { stable: number; window: number; limit: number }): Watch {
  const shows = process.stderr.isTTY;
  return {
    of,
    clock: systemClock,
    window_s: window,
    tolerance: stable,
    limit_s: limit,
    progress: (text) => void (shows && process.stderr.write(`\r\x1b[K  ${text}`)),
    async look(seconds) {
      const reply = await askAt(socket, "recent", { channel: channel.id, seconds });
      if (!reply.ok) throw new Fault("command/refused", reply.text.replace(/^command\/refused: /, ""));
      const read = recentReadings.safeParse(reply.result);
      if (!read.success) throw new Fault("agent/not-running", "what answers on the socket is no agent of this version");
      return read.data;
    },
  };
}

async function measured(watch: Watch, channel: Channel, expected: readonly number[], yes: boolean): Promise<Point[]> {
  const { unit } = quantityOf(channel.quantity);
  const points: Point[] = [];
  for (const value of expected) {
    if (!yes) await applied(`Apply ${amount(value)} ${unit} to ${channel.id}, then press Enter. `);
    const found = await steady(watch, yes ? points.at(-1)?.raw.mean : undefined);
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
    points.push({ ...found, expected: value, at: now() });
    const { mean, sd, n } = found.raw;
    process.stdout.write(`${amount(value)} ${unit}: raw ${amount(mean)}, noise ${amount(sd)}, ${n} readings, after ${Math.round(found.after_s)} s\n`);
  }
  return points;
}

async function applied(question: string): Promise<void> {
  const person = createInterface({ input: process.stdin, output: process.stderr });
  await person.question(question);
  person.close();
}

interface Findings {
  readonly socket: string;
  readonly channel: Channel;
  readonly points: readonly Point[];
  readonly bump: boolean;
  readonly tolerance: number;
  readonly id: string;
  readonly certificate: string | undefined;
  readonly expires: string;
  readonly out: string;
}

/** Prints, records and journals. The record comes before the journal: it is what an auditor asks for. */
async function tell({ socket, channel, points, bump, tolerance, id, certificate, expires, out }: Findings): Promise<number> {
  const at = now();
  const date = at.slice(0, "2026-01-01".length);
  const before = { zero: channel.calibration?.zero ?? 0, span: channel.calibration?.span ?? 1 };
  const [first] = points;
  const result = bump && first !== undefined ? bumped(first, tolerance, channel) : undefined;
  const after = result === undefined ? lineThrough(points, before) : undefined;
  const text =
    result?.text ?? `${id}: zero ${amount(after?.zero ?? 0)} (was ${amount(before.zero)}), span ${amount(after?.span ?? 1)} (was ${amount(before.span)})`;
  const record = {
    v: 1,
    id,
    kind: bump ? "bump" : "calibration",
    channel: channel.id,
    unit: quantityOf(channel.quantity).unit,
    date: at,
    who: user(),
    ...(certificate !== undefined && { certificate }),
    points: points.map(pointRecord),
    ...(after === undefined
      ? { passed: result?.passed, tolerance }
      : { before: { ...(channel.calibration && { id: channel.calibration.id }), ...before }, after: { id, expires, ...after } }),
  };
  process.stdout.write(
    after === undefined ? `${text}\n` : `${text}\nin the station file, below ${channel.id}:\n    ${stationLines(id, date, expires, after, points, channel)}`,
  );
  write(out, `${JSON.stringify(record, null, 2)}\n`);
  const reply = await askAt(socket, "calibration", { channel: channel.id, text: text.replace(/\p{C}/gu, " ").slice(0, 300) });
  if (!reply.ok) throw new Fault("command/refused", `the record is ${out}, but the agent's journal has no line of it: ${reply.text}`);
  process.stdout.write(`record: ${out}\n`);
  return result?.passed === false ? exitCode.fault : exitCode.fine;
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: "wx" });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Fault(
      "spool/unavailable",
      code === "EEXIST" ? `${path} is there already; name another file with --out` : `${message}; name another file with --out`,
    );
  }
}
