/** Where each channel gets its readings: drivers, units, buses and addresses. */
import { type Address, addressing } from "../bus/wire.ts";
import { quote } from "../contracts/explain.ts";
import { measure } from "../contracts/measure.ts";
import { didYouMean } from "../contracts/nearest.ts";
import { type QuantityName, toCanonical, unitsOf } from "../core/quantities.ts";
import { outputFor, readOption } from "../sensors/options.ts";
import { doubtful, type Path, type Remark, wrong } from "./problem.ts";
import { type Chip, dangling, isRefused, items, type View } from "./view.ts";

/** A chip, as the first channel that names it describes it. */
interface Seat {
  readonly driver: string;
  readonly options: string;
  readonly path: Path;
  readonly takenBy: Map<string, Path>;
}

const ownKeys: readonly string[] = ["driver", "bus", "address", "output"];
type Source = Readonly<Record<string, unknown>>;

/** Parts that people have, that no driver is made for, and why. */
const unwise: Readonly<Record<string, string>> = {
  hx711:
    "a pause of 60 us in its clock powers it down and makes its reading all ones, and Linux pauses longer; fit an NAU7802 (driver: nau7802) to the load cell",
};

export function* sources(view: View): Generator<Remark> {
  yield* buses(view);
  const seats = new Map<string, Seat>();
  for (const [channel, path] of items(view, "channels")) {
    const source = channel.source as Source | undefined;
    if (source === undefined || typeof source.driver !== "string") continue;
    const at = [...path, "source"];
    const { driver } = source;
    if (driver === "replay" || driver === "mqtt") {
      if (channel.quantity !== undefined && typeof source.unit === "string") yield* unit([...at, "unit"], channel.quantity, source.unit);
      if (driver === "mqtt") yield doubtful([...at, "driver"], "this version cannot read mqtt sources yet: `offgas run` refuses the station");
      continue;
    }
    const chip = Object.hasOwn(view.chips, driver) ? view.chips[driver] : undefined;
    if (chip === undefined) {
      const known = [...Object.keys(view.chips), "replay", "mqtt"];
      const advice = Object.hasOwn(unwise, driver) ? unwise[driver] : undefined;
      const message =
        advice !== undefined
          ? `found ${quote(driver)}: ${advice}`
          : `found ${quote(driver)}, which is no driver${didYouMean(driver, known)} (drivers: ${known.join(", ")})`;
      yield { ...wrong([...at, "driver"], message), instead: at };
      continue;
    }
    yield* onBus(view, at, chip, source);
    const output =
      channel.quantity === undefined ? undefined : outputFor(chip, channel.quantity, typeof source.output === "string" ? source.output : undefined);
    yield* options(at, chip, source, channel.quantity ?? "voltage", output);
    if (channel.quantity !== undefined && output === undefined)
      yield wrong([...at, source.output === undefined ? "driver" : "output"], noOutput(chip, channel.quantity));
    yield* seat(view, seats, at, chip, source, output);
    yield* beat(path, chip, channel.every);
  }
  yield* crowds(view);
}

function* buses(view: View): Generator<Remark> {
  const devices = new Map<string, Path>();
  for (const [bus, path] of items(view, "buses")) {
    if (bus.kind === "modbus-tcp") yield doubtful([...path, "kind"], "this version cannot read modbus-tcp yet: `offgas run` refuses channels on this bus");
    if (bus.kind === "one-wire") yield* once(view, devices, bus.kind, bus.kind, [...path, "kind"]);
    if ((bus.kind === "i2c" || bus.kind === "spi") && bus.device !== undefined)
      yield* once(view, devices, `${bus.kind} ${bus.device}`, bus.device, [...path, "device"]);
  }
}

/** A device is one bus: two processes would take it from each other. */
function* once(view: View, devices: Map<string, Path>, device: string, found: string | number, path: Path): Generator<Remark> {
  const earlier = devices.get(device);
  if (earlier === undefined) devices.set(device, path);
  else yield wrong(path, `found ${found}, which the bus on line ${view.line(earlier)} has already; use that bus`);
}

function* unit(path: Path, quantity: QuantityName, written: string): Generator<Remark> {
  if (toCanonical(quantity, written) !== undefined) return;
  const units = unitsOf(quantity);
  yield wrong(path, `found ${quote(written)}, which is no unit of ${quantity}${didYouMean(written, units)} (units: ${units.join(", ")})`);
}

function* onBus(view: View, at: Path, chip: Chip, { bus, address }: Source): Generator<Remark> {
  if (typeof bus === "string") {
    const message = dangling(view, "buses", bus);
    if (message !== undefined) yield wrong([...at, "bus"], message);
    const kind = [...items(view, "buses")].find(([{ id }]) => id === bus)?.[0].kind;
    if (kind !== undefined && kind !== chip.bus)
      yield wrong([...at, "bus"], `found ${quote(bus)}, a ${kind} bus; ${chip.driver} needs a bus of kind ${chip.bus}`);
  }
  if (isRefused(view, [...at, "address"])) return;
  const { spoken, problem } = addressing[chip.bus];
  const found = problem(address as Address | undefined);
  if (found !== undefined)
    yield wrong(
      address === undefined ? at : [...at, "address"],
      address === undefined ? `${chip.driver} needs an address: ${found}` : `found ${quote(address)}; ${found}`,
    );
  else if (address !== undefined && chip.addresses !== undefined && !chip.addresses.includes(address as Address))
    yield wrong([...at, "address"], `found ${spoken(address as Address)}; ${chip.driver} answers at ${chip.addresses.map(spoken).join(", ")}`);
}

/** The keys of the chip and of the output that the channel takes. */
function* options(at: Path, chip: Chip, source: Source, quantity: QuantityName, output: string | undefined): Generator<Remark> {
  const taken = output === undefined ? undefined : chip.outputs[output];
  const rules = { ...chip.options, ...(typeof taken === "object" && taken.keys) };
  const known = [...ownKeys, ...Object.keys(rules)];
  for (const key of Object.keys(source)) {
    if (ownKeys.includes(key) || Object.hasOwn(rules, key)) continue;
    yield { ...wrong([...at, key], `unknown key ${quote(key)}${didYouMean(key, known)} (known for ${chip.driver}: ${known.join(", ")})`), atKey: true };
  }
  for (const [key, rule] of Object.entries(rules)) {
    const found = readOption(rule, source[key], quantity);
    if (!("problem" in found)) continue;
    yield source[key] === undefined ? wrong(at, `${chip.driver} needs ${key}: ${found.problem}`) : wrong([...at, key], found.problem);
  }
}

function noOutput(chip: Chip, quantity: QuantityName): string {
  const outputs = Object.entries(chip.outputs);
  const fitting = outputs.filter(([, measured]) => measured === quantity || typeof measured === "object").map(([output]) => output);
  if (fitting.length > 0) return `this output of ${chip.driver} is not a ${quantity}; write ${fitting.join(" or ")}`;
  return `${chip.driver} does not measure ${quantity}; it gives ${outputs.map(([output, measured]) => (output === measured ? output : `${output} (${measured})`)).join(", ")}`;
}

/** One chip sits at one address; several channels may share it while each takes another output. */
function* seat(view: View, seats: Map<string, Seat>, at: Path, chip: Chip, source: Source, output: string | undefined): Generator<Remark> {
  const { bus, address } = source;
  if (typeof bus !== "string" || addressing[chip.bus].problem(address as Address | undefined) !== undefined) return;
  const set = Object.entries(chip.options).map(([key, option]) => [key, source[key] ?? option.default]);
  const mine: Seat = { driver: chip.driver, options: JSON.stringify(set), path: at, takenBy: new Map() };
  const key = `${bus} ${address}`;
  const there = seats.get(key) ?? mine;
  seats.set(key, there);
  const where = `${addressing[chip.bus].spoken((address ?? "") as Address)} on ${bus}`;
  if (there.driver !== mine.driver) {
    yield wrong([...at, "address"], `found ${where}, where line ${view.line(there.path)} has a ${there.driver}; give one of the two another address or bus`);
    return;
  }
  if (there.options !== mine.options)
    yield wrong(at, `the ${chip.driver} at ${where} has other options on line ${view.line(there.path)}; a chip has one setting: write the same on both`);
  if (output === undefined) return;
  const rule = chip.outputs[output];
  if (typeof rule === "object" && rule.many === true) return;
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

/** Chips on 1-Wire convert one behind the other, and each conversion holds the wire. */
function* crowds(view: View): Generator<Remark> {
  for (const [bus] of items(view, "buses")) {
    if (bus.kind !== "one-wire" || bus.id === undefined) continue;
    const here = [...items(view, "channels")].filter(([{ source }]) => (source as Source | undefined)?.bus === bus.id);
    const chips = new Set(here.map(([{ source }]) => (source as Source).address)).size;
    for (const [{ every }, path] of here) {
      const every_s = every === undefined ? 1 : duration.safeParse(every).data;
      if (every_s === undefined || every_s >= chips) continue;
      yield doubtful(
        every === undefined ? path : [...path, "every"],
        `${chips} chips on ${bus.id} convert one behind the other, up to 1 s each, and one that comes too late counts as lost: write "${chips} s"`,
      );
    }
  }
}
