/** Where each channel gets its readings: drivers, units, buses and addresses. */
import { type Address, addressing, type WireKind, wireOfBus } from "../bus/wire.ts";
import { quote } from "../contracts/explain.ts";
import { measure } from "../contracts/measure.ts";
import { didYouMean } from "../contracts/nearest.ts";
import { rootOf } from "../contracts/topics.ts";
import { type QuantityName, toCanonical, unitsOf } from "../core/quantities.ts";
import { asFitted, outputFor, readKeys, readOption } from "../sensors/options.ts";
import { doubtful, type Path, type Remark, wrong } from "./problem.ts";
import { type Chip, dangling, isRefused, items, type View } from "./view.ts";

/** A chip, as the first channel that names it describes it. */
interface Seat {
  readonly driver: string;
  readonly options: string;
  readonly path: Path;
  readonly takenBy: Map<string, Path>;
  readonly chip: Chip;
  readonly beats: { readonly path: Path; readonly every: string | number | undefined }[];
}

/** Drivers that are no chips. */
const fed: readonly string[] = ["replay", "mqtt", "csv-tail"];
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
    if (driver === "derived") continue;
    if (fed.includes(driver) || driver === "gpio") yield* beaten([...path, "every"], driver, channel.every);
    if (fed.includes(driver)) {
      if (channel.quantity !== undefined && typeof source.unit === "string") yield* unit([...at, "unit"], channel.quantity, source.unit);
      if (driver === "mqtt") yield* onBroker(view, at, source);
      continue;
    }
    if (driver === "gpio") {
      if (channel.quantity !== undefined && channel.quantity !== "contact")
        yield wrong([...path, "quantity"], `found ${channel.quantity}; gpio reads a switch: write "quantity: contact", or another driver`);
      continue;
    }
    const named = Object.hasOwn(view.chips, driver) ? view.chips[driver] : undefined;
    if (named === undefined) {
      const known = [...Object.keys(view.chips), ...fed, "gpio", "derived"];
      const advice = Object.hasOwn(unwise, driver) ? unwise[driver] : undefined;
      const message =
        advice !== undefined
          ? `found ${quote(driver)}: ${advice}`
          : `found ${quote(driver)}, which is no driver${didYouMean(driver, known)} (drivers: ${known.join(", ")})`;
      yield { ...wrong([...at, "driver"], message), instead: at };
      continue;
    }
    const chip = asFitted(named, source);
    yield* onBus(view, at, chip, source);
    const output =
      channel.quantity === undefined ? undefined : outputFor(chip, channel.quantity, typeof source.output === "string" ? source.output : undefined);
    yield* options(at, chip, source, channel.quantity ?? "voltage", output);
    if (channel.quantity !== undefined && output === undefined)
      yield wrong([...at, source.output === undefined ? "driver" : "output"], noOutput(chip, channel.quantity));
    yield* seat(view, seats, at, chip, source, output);
    yield* beat(path, chip, channel.every);
    if (output !== undefined) yield* events(path, chip, output, channel.every, channel.essential === true);
    seats.get(`${source.bus} ${source.address}`)?.beats.push({ path, every: channel.every });
  }
  for (const there of seats.values()) yield* together(there);
  yield* crowds(view);
}

function* buses(view: View): Generator<Remark> {
  const devices = new Map<string, Path>();
  for (const [bus, path] of items(view, "buses")) {
    if (bus.kind === "one-wire") yield* once(view, devices, bus.kind, bus.kind, [...path, "kind"]);
    if ((bus.kind === "i2c" || bus.kind === "spi") && bus.device !== undefined)
      yield* once(view, devices, `${bus.kind} ${bus.device}`, bus.device, [...path, "device"]);
    if ((bus.kind === "uart" || bus.kind === "modbus-rtu") && bus.path !== undefined) yield* once(view, devices, bus.path, bus.path, [...path, "path"]);
  }
}

/** A device is one bus: two processes would take it from each other. */
function* once(view: View, devices: Map<string, Path>, device: string, found: string | number, path: Path): Generator<Remark> {
  const earlier = devices.get(device);
  if (earlier === undefined) devices.set(device, path);
  else yield wrong(path, `found ${found}, which the bus on line ${view.line(earlier)} has already; use that bus`);
}

/** A topic is read from the broker that the station sends to, with the same user, password and authority. */
function* onBroker(view: View, at: Path, { topic }: Source): Generator<Remark> {
  const { site, station } = view.draft;
  const brokers = [...items(view, "sinks")].filter(([{ kind }]) => kind === "mqtt");
  if (brokers.length === 0 && !view.refused.some(({ path }) => path[0] === "sinks"))
    yield wrong([...at, "driver"], 'an mqtt source is read from the broker of the mqtt sink, and there is none; add "- { kind: mqtt, url: … }" to sinks');
  if (brokers.length > 1) yield doubtful([...at, "driver"], `there are ${brokers.length} mqtt sinks; topics are read from the first`);
  if (typeof topic === "string" && site !== undefined && station !== undefined && topic.startsWith(`${rootOf({ site, station })}/`))
    yield wrong([...at, "topic"], `found ${quote(topic)}, which this station writes itself; name the topic of another program`);
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
    if (kind !== undefined && wireOfBus[kind] !== chip.bus)
      yield wrong([...at, "bus"], `found ${quote(bus)}, a ${kind} bus; ${chip.driver} needs a bus of kind ${kindsOf(chip.bus)}`);
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

const kindsOf = (wire: WireKind): string =>
  Object.entries(wireOfBus)
    .flatMap(([kind, each]) => (each === wire ? [kind] : []))
    .join(" or ");

/** The keys of the chip and of the output that the channel takes. */
function* options(at: Path, chip: Chip, source: Source, quantity: QuantityName, output: string | undefined): Generator<Remark> {
  const taken = output === undefined ? undefined : chip.outputs[output];
  const rules = { ...chip.options, ...(typeof taken === "object" && taken.keys) };
  const known = [...ownKeys, ...Object.keys(rules)];
  for (const key of Object.keys(source)) {
    if (ownKeys.includes(key) || Object.hasOwn(rules, key)) continue;
    yield { ...wrong([...at, key], `unknown key ${quote(key)}${didYouMean(key, known)} (known for ${chip.driver}: ${known.join(", ")})`), atKey: true };
  }
  const ofChip = Object.entries(chip.options).flatMap(([key, rule]) => {
    const found = readOption(rule, source[key], quantity);
    return "problem" in found ? [{ key, problem: found.problem }] : [];
  });
  const ofOutput = typeof taken === "object" ? readKeys(taken, source, quantity).problems : [];
  for (const { key, problem } of [...ofChip, ...ofOutput])
    yield source[key] === undefined ? wrong(at, `${chip.driver} needs ${key}: ${problem}`) : wrong([...at, key], problem);
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
  const mine: Seat = { driver: chip.driver, options: JSON.stringify(set), path: at, takenBy: new Map(), chip, beats: [] };
  const key = `${bus} ${address}`;
  const there = seats.get(key) ?? mine;
  seats.set(key, there);
  const where = `${addressing[chip.bus].spoken((address ?? "") as Address)} on ${bus}`;
  if (there.driver !== mine.driver) {
    yield wrong(
      [...at, "address"],
      `found ${where}, where line ${view.line(there.path)} has a ${there.driver}; ${elsewhere(view, bus, chip, view.chips[there.driver])}`,
    );
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

/** How to part two chips that want one address: the free addresses of either on that bus, or another bus. */
function elsewhere(view: View, bus: string, ...chips: readonly (Chip | undefined)[]): string {
  const taken = new Set(
    [...items(view, "channels")].flatMap(([{ source }]) => (source !== undefined && "bus" in source && source.bus === bus ? [source.address] : [])),
  );
  const ways = chips.flatMap((chip) => {
    const free = (chip?.addresses ?? []).filter((address) => !taken.has(address));
    return chip === undefined || free.length === 0 ? [] : [`strap or order ${chip.driver} for ${free.map(addressing[chip.bus].spoken).join(", ")}`];
  });
  return [...ways, "or give one of the two another bus"].join(", ").replace(/^or /, "both have no other address here: ");
}

const duration = measure("duration_s");

const everyOf_s = (every: string | number | undefined): number | undefined => (every === undefined ? 1 : duration.safeParse(every).data);

function* beat(path: Path, chip: Chip, every: string | number | undefined): Generator<Remark> {
  const every_s = everyOf_s(every);
  if (every_s !== undefined && every_s < chip.fastest_s) {
    yield doubtful(
      [...path, "every"],
      `${chip.driver} has a new result every ${chip.fastest_s} s at most; it is read at that pace: write "${chip.fastest_s} s"`,
    );
  }
}

/** Events are what some chips' outputs give; what is fed, and a switch, is awaited or read at a beat. */
function* beaten(path: Path, driver: string, every: string | number | undefined): Generator<Remark> {
  if (every !== "event") return;
  const often = driver === "gpio" ? "how often it is read, beside its edges" : "how often a value comes";
  yield wrong(path, `found "event", which is for outputs of chips that are silent but for events; write ${often}, such as "1 s"`);
}

/** An output that is silent but for events, and the word that says so, belong together. */
function* events(path: Path, { driver, outputs }: Chip, output: string, every: string | number | undefined, essential: boolean): Generator<Remark> {
  const rule = outputs[output];
  const eventful = typeof rule === "object" && rule.eventful === true;
  if (eventful && every !== "event")
    yield wrong(every === undefined ? path : [...path, "every"], `${output} of ${driver} is silent but for events: write "every: event"`);
  if (!eventful && every === "event") yield wrong([...path, "every"], `${output} of ${driver} is read at a beat: write how often, such as "1 s"`);
  if (eventful && essential) yield wrong([...path, "essential"], "a channel of events is silent while all is well, and no part of the minimum coverage");
}

/** A chip that converts for one output after the other keeps no beat that is too short for all of them. */
function* together({ chip, takenBy, beats }: Seat): Generator<Remark> {
  const all_s = chip.fastestWith_s?.([...takenBy.keys()]) ?? chip.fastest_s;
  for (const { path, every } of beats) {
    const every_s = everyOf_s(every);
    if (every_s !== undefined && every_s >= chip.fastest_s && every_s < all_s)
      yield doubtful([...path, "every"], `all that is taken of this ${chip.driver} takes ${all_s} s: beats in between are left out; write "${all_s} s"`);
  }
}

/** Chips on 1-Wire convert one behind the other, and each conversion holds the wire. */
function* crowds(view: View): Generator<Remark> {
  for (const [bus] of items(view, "buses")) {
    if (bus.kind !== "one-wire" || bus.id === undefined) continue;
    const here = [...items(view, "channels")].filter(([{ source }]) => (source as Source | undefined)?.bus === bus.id);
    const chips = new Set(here.map(([{ source }]) => (source as Source).address)).size;
    for (const [{ every }, path] of here) {
      const every_s = everyOf_s(every);
      if (every_s === undefined || every_s >= chips) continue;
      yield doubtful(
        every === undefined ? path : [...path, "every"],
        `${chips} chips on ${bus.id} convert one behind the other, up to 1 s each, and one that comes too late counts as lost: write "${chips} s"`,
      );
    }
  }
}
