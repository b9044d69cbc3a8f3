/** Where each channel gets its readings: drivers, units, buses and addresses. */
import { quote } from "../contracts/explain.ts";
import { measure } from "../contracts/measure.ts";
import { didYouMean } from "../contracts/nearest.ts";
import { type QuantityName, toCanonical, unitsOf } from "../core/quantities.ts";
import { doubtful, type Path, type Remark, wrong } from "./problem.ts";
import { type Chip, dangling, items, type View } from "./view.ts";

/** A chip, as the first channel that names it describes it. */
interface Seat {
  readonly driver: string;
  readonly options: string;
  readonly path: Path;
  readonly takenBy: Map<string, Path>;
}

const ownKeys: readonly string[] = ["driver", "bus", "address", "output"];
const hex = (address: number): string => `0x${address.toString(16).padStart(2, "0")}`;

export function* sources(view: View): Generator<Remark> {
  yield* buses(view);
  const seats = new Map<string, Seat>();
  for (const [channel, path] of items(view, "channels")) {
    const source = channel.source as Readonly<Record<string, unknown>> | undefined;
    if (source === undefined || typeof source.driver !== "string") continue;
    const at = [...path, "source"];
    const { driver } = source;
    if (driver === "derived") continue;
    if (driver === "replay" || driver === "mqtt") {
      if (channel.quantity !== undefined && typeof source.unit === "string") yield* unit([...at, "unit"], channel.quantity, source.unit);
      if (driver === "mqtt") yield doubtful([...at, "driver"], "this version cannot read mqtt sources yet: `offgas run` refuses the station");
      continue;
    }
    const chip = Object.hasOwn(view.chips, driver) ? view.chips[driver] : undefined;
    if (chip === undefined) {
      const known = [...Object.keys(view.chips), "replay", "mqtt", "derived"];
      const message = `found ${quote(driver)}, which is no driver${didYouMean(driver, known)} (drivers: ${known.join(", ")})`;
      yield { ...wrong([...at, "driver"], message), instead: at };
      continue;
    }
    yield* onBus(view, at, chip, source);
    yield* options(at, chip, source);
    const output = channel.quantity === undefined ? undefined : outputOf(chip, channel.quantity, source.output);
    if (channel.quantity !== undefined && output === undefined)
      yield wrong([...at, source.output === undefined ? "driver" : "output"], noOutput(chip, channel.quantity));
    yield* seat(view, seats, at, chip, source, output);
    yield* beat(path, chip, channel.every);
  }
}

function* buses(view: View): Generator<Remark> {
  const devices = new Map<number, Path>();
  for (const [bus, path] of items(view, "buses")) {
    if (bus.kind === "modbus-tcp") yield doubtful([...path, "kind"], "this version cannot read modbus-tcp yet: `offgas run` refuses channels on this bus");
    if (bus.kind !== "i2c" || bus.device === undefined) continue;
    const earlier = devices.get(bus.device);
    if (earlier === undefined) devices.set(bus.device, path);
    else yield wrong([...path, "device"], `found ${bus.device}, which the bus on line ${view.line(earlier)} has already; use that bus`);
  }
}

function* unit(path: Path, quantity: QuantityName, written: string): Generator<Remark> {
  if (toCanonical(quantity, written) !== undefined) return;
  const units = unitsOf(quantity);
  yield wrong(path, `found ${quote(written)}, which is no unit of ${quantity}${didYouMean(written, units)} (units: ${units.join(", ")})`);
}

function* onBus(view: View, at: Path, chip: Chip, { bus, address }: Readonly<Record<string, unknown>>): Generator<Remark> {
  if (typeof bus === "string") {
    const message = dangling(view, "buses", bus);
    if (message !== undefined) yield wrong([...at, "bus"], message);
    const kind = [...items(view, "buses")].find(([{ id }]) => id === bus)?.[0].kind;
    if (kind !== undefined && kind !== chip.bus)
      yield wrong([...at, "bus"], `found ${quote(bus)}, a ${kind} bus; ${chip.driver} needs a bus of kind ${chip.bus}`);
  }
  if (typeof address === "number" && !chip.addresses.includes(address)) {
    yield wrong([...at, "address"], `found ${hex(address)}; ${chip.driver} answers at ${chip.addresses.map(hex).join(", ")}`);
  }
}

function* options(at: Path, chip: Chip, source: Readonly<Record<string, unknown>>): Generator<Remark> {
  const known = [...ownKeys, ...Object.keys(chip.options)];
  for (const [key, value] of Object.entries(source)) {
    if (ownKeys.includes(key)) continue;
    const option = Object.hasOwn(chip.options, key) ? chip.options[key] : undefined;
    if (option === undefined) {
      yield { ...wrong([...at, key], `unknown key ${quote(key)}${didYouMean(key, known)} (known for ${chip.driver}: ${known.join(", ")})`), atKey: true };
    } else if (!(option.choices as readonly unknown[]).includes(value)) {
      yield wrong([...at, key], `found ${quote(value)}; write one of ${option.choices.join(", ")}`);
    }
  }
  for (const [key, option] of Object.entries(chip.options))
    if (option.default === undefined && source[key] === undefined) yield wrong(at, `${chip.driver} needs ${key}: write one of ${option.choices.join(", ")}`);
}

function outputOf(chip: Chip, quantity: QuantityName, named: unknown): string | undefined {
  if (typeof named === "string") return Object.hasOwn(chip.outputs, named) && chip.outputs[named] === quantity ? named : undefined;
  return Object.keys(chip.outputs).find((output) => chip.outputs[output] === quantity);
}

function noOutput(chip: Chip, quantity: QuantityName): string {
  const outputs = Object.entries(chip.outputs);
  const fitting = outputs.filter(([, measured]) => measured === quantity).map(([output]) => output);
  if (fitting.length > 0) return `this output of ${chip.driver} is not a ${quantity}; write ${fitting.join(" or ")}`;
  return `${chip.driver} does not measure ${quantity}; it gives ${outputs.map(([output, measured]) => (output === measured ? output : `${output} (${measured})`)).join(", ")}`;
}

/** One chip sits at one address; several channels may share it while each takes another output. */
function* seat(
  view: View,
  seats: Map<string, Seat>,
  at: Path,
  chip: Chip,
  source: Readonly<Record<string, unknown>>,
  output: string | undefined,
): Generator<Remark> {
  const { bus, address } = source;
  if (typeof bus !== "string" || typeof address !== "number") return;
  const set = Object.entries(chip.options).map(([key, option]) => [key, source[key] ?? option.default]);
  const mine: Seat = { driver: chip.driver, options: JSON.stringify(set), path: at, takenBy: new Map() };
  const key = `${bus} ${address}`;
  const there = seats.get(key) ?? mine;
  seats.set(key, there);
  const where = `${hex(address)} on ${bus}`;
  if (there.driver !== mine.driver) {
    yield wrong([...at, "address"], `found ${where}, where line ${view.line(there.path)} has a ${there.driver}; give one of the two another address or bus`);
    return;
  }
  if (there.options !== mine.options)
    yield wrong(at, `the ${chip.driver} at ${where} has other options on line ${view.line(there.path)}; a chip has one setting: write the same on both`);
  if (output === undefined) return;
  const earlier = there.takenBy.get(output);
  if (earlier === undefined) there.takenBy.set(output, at);
  else
    yield wrong(
      at,
      `line ${view.line(earlier)} takes the output ${output} of the ${chip.driver} at ${where} already; name another with "output: …" (${Object.keys(chip.outputs).join(", ")})`,
    );
}

const duration = measure("duration_s");

function* beat(path: Path, chip: Chip, every: string | number | undefined): Generator<Remark> {
  const every_s = every === undefined ? 1 : duration.safeParse(every).data;
  if (every_s !== undefined && every_s < chip.fastest_s) {
    yield doubtful(
      [...path, "every"],
      `${chip.driver} has a new result every ${chip.fastest_s} s at most; it is read at that pace: write "${chip.fastest_s} s"`,
    );
  }
}
