/** The chips of one bus, as the channels of a station describe them. Throws Fault `config/invalid` for what `offgas check` would refuse too. */
import type { SensorPlan } from "../bus/messages.ts";
import { type Address, addressing, type WireKind } from "../bus/wire.ts";
import type { Channel, Station } from "../contracts/station.ts";
import { Fault } from "../core/faults.ts";
import type { QuantityName } from "../core/quantities.ts";
import { catalogue } from "./catalogue.ts";
import type { AnyDriver, OptionRules, Options } from "./driver.ts";
import { asFitted, outputFor, readKeys, readOption } from "./options.ts";

type Source = Readonly<Record<string, unknown>>;
type Wrong = (what: string) => Fault;

/** Channels of one address share one chip, read at the smallest of their periods, with the options that any of them states. */
export function sensorsOn(station: Station, bus: string, kind: WireKind): SensorPlan[] {
  const byAddress = new Map<Address, SensorPlan>();
  for (const [channel, { id, source, quantity, every_s, at }] of station.channels.entries()) {
    if (!("bus" in source) || source.bus !== bus) continue;
    const wrong = (what: string) => new Fault("config/invalid", `channel ${id}: ${what}`);
    const driver = Object.hasOwn(catalogue, source.driver) ? catalogue[source.driver] : undefined;
    if (driver === undefined) throw wrong(`no driver "${source.driver}"; there are ${Object.keys(catalogue).join(", ")}`);
    if (driver.bus !== kind) throw wrong(`${driver.driver} needs a bus of kind ${driver.bus}, and ${bus} is ${kind}`);
    const { spoken, problem } = addressing[kind];
    const misplaced = problem(source.address);
    if (misplaced !== undefined) throw wrong(`address: ${misplaced}`);
    const address = source.address ?? "";
    const before = byAddress.get(address);
    if (before !== undefined && before.driver !== driver.driver) throw wrong(`${spoken(address)} on ${bus} is both ${before.driver} and ${driver.driver}`);
    const channels = before?.channels ?? [];
    byAddress.set(address, {
      driver: driver.driver,
      address,
      options: merged(before?.options ?? {}, stated(driver.options, source, quantity, wrong), wrong),
      period_s: Math.min(before?.period_s ?? every_s, every_s),
      ...doubtOf(station, driver, at, before?.doubt),
      channels: [...channels, { channel, ...taken(asFitted(driver, source), source, quantity, channels.length, wrong) }],
    });
  }
  return [...byAddress.values()].map((sensor) => ({
    ...sensor,
    period_s: beatOf(sensor),
    options: completed(sensor, `${addressing[kind].spoken(sensor.address)} on ${bus}`),
  }));
}

/** A chip of which only events are taken has a beat all the same. */
const beatOf = ({ period_s }: SensorPlan): number => (Number.isFinite(period_s) ? period_s : 1);

/** The names of outputs that many may take are numbered, since each channel has its own. */
function taken({ driver, outputs }: AnyDriver, source: Source, quantity: QuantityName, place: number, wrong: Wrong) {
  const named = typeof source.output === "string" ? source.output : undefined;
  const output = outputFor({ outputs }, quantity, named);
  const rule = output === undefined ? undefined : outputs[output];
  if (output === undefined || rule === undefined) throw wrong(`${driver} gives ${Object.keys(outputs).join(", ")}, no ${named ?? quantity}`);
  if (typeof rule === "string") return { name: output, output, keys: {} };
  const { keys, problems } = readKeys(rule, source, quantity);
  for (const { key, problem } of problems) throw wrong(`${key}: ${problem}`);
  return { name: rule.many === true ? `${output} ${place}` : output, output, keys };
}

function stated(rules: OptionRules, source: Source, quantity: QuantityName, wrong: Wrong): Options {
  const written = Object.entries(rules).filter(([key]) => source[key] !== undefined);
  return Object.fromEntries(written.flatMap(([key, rule]) => pair(key, readOption(rule, source[key], quantity), wrong)));
}

/** What no channel of the chip stated takes its default; a key without one must be stated. */
function completed({ driver, options }: SensorPlan, where: string): Options {
  const wrong = (what: string) => new Fault("config/invalid", `${driver} at ${where}: ${what}`);
  return Object.fromEntries(
    Object.entries(catalogue[driver]?.options ?? {}).flatMap(([key, rule]) => {
      const value = options[key];
      return value === undefined ? pair(key, readOption(rule, undefined, "voltage"), wrong) : [[key, value] as const];
    }),
  );
}

function pair(key: string, found: ReturnType<typeof readOption>, wrong: Wrong) {
  if ("problem" in found) throw wrong(`${key}: ${found.problem}`);
  return "value" in found ? [[key, found.value] as const] : [];
}

/** A chip in a gas that it was not made for; the channels of one chip may name its place differently, and one doubt is enough. */
function doubtOf(station: Station, { driver, atmospheres }: AnyDriver, at: Channel["at"], before: string | undefined): { readonly doubt?: string } {
  if (before !== undefined) return { doubt: before };
  const pack = "pack" in at ? at.pack : "cell" in at ? station.cells.find(({ id }) => id === at.cell)?.pack : undefined;
  const atmosphere = station.packs.find(({ id }) => id === pack)?.gas_space?.atmosphere ?? "air";
  return atmospheres === undefined || atmospheres.includes(atmosphere) ? {} : { doubt: `in ${atmosphere}; ${driver} measures in ${atmospheres.join(" or ")}` };
}

/** A chip has one setting: two channels that want different ones cannot both be right. */
function merged(before: Options, now: Options, wrong: Wrong): Options {
  const clash = Object.keys(now).find((key) => before[key] !== undefined && before[key] !== now[key]);
  if (clash !== undefined) throw wrong(`${clash} is ${now[clash]}, but another channel of the same chip says ${before[clash]}`);
  return { ...before, ...now };
}
