/** The parts that a scene's station may have: what each feels of the world, and how well. One function a part; each draws its own tolerances. */
import type { StationInput } from "../../edge-agent/contracts/station.ts";
import type { QuantityName } from "../../edge-agent/core/quantities.ts";
import { partParams as p } from "./params/sensors.ts";
import type { Random } from "./random.ts";
import { ideal, type SensorSpec } from "./sensor.ts";
import type { CellWorld, Species, World } from "./world.ts";

type ChannelInput = StationInput["channels"][number];

/** A sensor and what the station file says of it. */
export interface Instrument {
  readonly spec: SensorSpec;
  readonly channel: ChannelInput;
}

/** Where an instrument stands: which cell by its place in the world, or the pack's gas. */
export interface Site {
  readonly id: string;
  readonly cell?: number;
  readonly every_s: number;
  readonly delay_s?: number;
}

const between = (random: Random, [low, high]: readonly [number, number]): number => random.uniform(low, high);
const cellAt = (world: World, index: number): CellWorld => {
  const cell = world.cells[index];
  if (cell === undefined) throw new RangeError(`the world has no cell ${index}`);
  return cell;
};

type Own = Partial<SensorSpec> & Pick<SensorSpec, "sees">;
type About = Omit<ChannelInput, "id" | "at" | "source" | "every" | "quantity" | "t90">;

function instrument(site: Site, quantity: QuantityName, unit: string, own: Own, about: About = {}): Instrument {
  const spec: SensorSpec = { ...ideal, column: site.id, every_s: site.every_s, delay_s: site.delay_s ?? 0, ...own };
  const [place] = site.id.split(".");
  return {
    spec,
    channel: {
      id: site.id,
      quantity,
      at: site.cell === undefined ? { pack: place ?? site.id } : { cell: place ?? site.id },
      ...about,
      source: { driver: "replay", column: site.id, unit },
      every: `${site.every_s} s`,
      ...(spec.t90_s > 0 && { t90: `${Number(spec.t90_s.toPrecision(2))} s` }),
    },
  };
}

/** On a cell's surface or tab: as far as it touches, else the air. */
export function thermocouple(site: Site & { readonly cell: number }, place: "surface" | "tab", random: Random): Instrument {
  const { chips, bias_K, t90_s, contact, most_degC } = p.thermocouple;
  const { resolution_K, noise_K } = random.choice(chips);
  return instrument(
    site,
    "temperature",
    "degC",
    {
      sees: (world, touches) => {
        const cell = cellAt(world, site.cell);
        const metal_degC = place === "tab" ? cell.tab_degC : cell.surface_degC;
        return world.chamber_degC + touches * (metal_degC - world.chamber_degC);
      },
      contact: between(random, contact),
      resolution: resolution_K,
      noise: between(random, noise_K),
      bias: random.normal(0, bias_K),
      t90_s: between(random, t90_s),
      most: most_degC,
    },
    { place, ...(place === "surface" && { role: "leading" as const }) },
  );
}

export function chamberTemperature(site: Site, random: Random): Instrument {
  const { resolution_K, noise_K, bias_K, t90_s } = p.chamberTemperature;
  return instrument(
    site,
    "temperature",
    "degC",
    {
      sees: ({ chamber_degC }) => chamber_degC,
      resolution: resolution_K,
      noise: noise_K,
      bias: random.normal(0, bias_K),
      t90_s: between(random, t90_s),
    },
    { place: "chamber" },
  );
}

interface GasPart {
  readonly resolution: number;
  readonly noise: number;
  readonly wander: number;
  readonly memory_s: number;
  readonly bias?: number;
  readonly gain?: number;
  readonly t90_s: number | readonly [number, number];
  readonly most: number;
}

/** What every gas part has; `bias` and `gain` of the table are standard deviations. */
function gasPart(part: GasPart, random: Random): Partial<SensorSpec> {
  const { resolution, noise, wander, memory_s, t90_s, most } = part;
  return {
    resolution,
    noise,
    wander,
    memory_s,
    most,
    least: 0,
    bias: random.normal(0, part.bias ?? 0),
    gain: 1 + random.normal(0, part.gain ?? 0),
    t90_s: typeof t90_s === "number" ? t90_s : between(random, t90_s),
  };
}

const placeOf = (site: Site): About => ({ place: site.delay_s === undefined ? "headspace" : "sample-line" });
const ppm = (world: World, gas: Species): number => world.gas_ppm[gas];

export function carbonDioxide(site: Site, random: Random): Instrument {
  const part = random.choice([p.scd30, p.scd41]);
  const sees = (world: World) => ppm(world, "co2");
  return instrument(site, "co2", "ppm", { ...gasPart(part, random), sees }, { ...placeOf(site), role: "leading" });
}

/** By thermal conductivity: hydrogen reads as the lack of carbon dioxide. */
export function apparentCarbonDioxide(site: Site, random: Random): Instrument {
  const { h2, ch4, perHumidity_pct } = p.stc31c;
  const sees = (world: World) => ppm(world, "co2") + h2 * ppm(world, "h2") + ch4 * ppm(world, "ch4") + perHumidity_pct * world.humidity_pct;
  return instrument(site, "co2_apparent", "ppm", { ...gasPart(p.stc31c, random), least: -500_000, sees }, placeOf(site));
}

export function hydrogen(site: Site, random: Random): Instrument {
  const share = between(random, p.h2.co);
  const solvent = between(random, p.h2.vapour);
  const damp = between(random, p.h2.perHumidity_pct);
  const sees = (world: World) => ppm(world, "h2") + share * ppm(world, "co") + solvent * ppm(world, "vapour") + damp * world.humidity_pct;
  return instrument(site, "h2", "ppm", { ...gasPart(p.h2, random), sees }, { ...placeOf(site), role: "leading" });
}

export function carbonMonoxide(site: Site, random: Random): Instrument {
  const share = between(random, p.co.h2);
  return instrument(site, "co", "ppm", { ...gasPart(p.co, random), sees: (world) => ppm(world, "co") + share * ppm(world, "h2") }, placeOf(site));
}

export function fluoride(site: Site, random: Random): Instrument {
  return instrument(site, "hf", "ppm", { ...gasPart(p.hf, random), sees: (world) => ppm(world, "hf") }, placeOf(site));
}

/** Ticks by the logarithm of all that burns on the heated oxide; the shares of hydrogen and carbon monoxide are choices. */
export function vocSignal(site: Site, random: Random): Instrument {
  const { base, perDoubling, background_ppm, perHumidity_pct } = p.vocSignal;
  const zero = between(random, base);
  const sees = (world: World) => {
    const felt_ppm = ppm(world, "vapour") + ppm(world, "c2h4") + 0.3 * ppm(world, "h2") + 0.1 * ppm(world, "co");
    return zero + perDoubling * Math.log2(1 + felt_ppm / background_ppm) + perHumidity_pct * world.humidity_pct;
  };
  return instrument(site, "voc_signal", "ticks", { ...gasPart(p.vocSignal, random), sees }, { ...placeOf(site), role: "leading" });
}

export function photoIonisation(site: Site, random: Random): Instrument {
  const sees = (world: World) => ppm(world, "vapour") + p.pid.c2h4 * ppm(world, "c2h4");
  return instrument(site, "voc", "ppm", { ...gasPart(p.pid, random), sees }, { ...placeOf(site), role: "leading" });
}

/** A barometric part, or where a sealed chamber may burst its range a loop of 10 bar. */
export function pressure(site: Site, kind: "barometer" | "loop", random: Random): Instrument {
  const part = kind === "barometer" ? p.bmp390 : p.pressureLoop;
  const { resolution, noise, t90_s, least, most } = part;
  return instrument(site, "pressure", "kPa", {
    sees: ({ pressure_kPa }) => pressure_kPa,
    resolution,
    noise,
    t90_s,
    least,
    most,
    bias: random.normal(0, part.bias),
  });
}

export function humidity(site: Site, random: Random): Instrument {
  const { resolution, noise, bias, t90_s } = p.sht4x;
  const own = { resolution, noise, t90_s, least: 0, most: 100, bias: random.normal(0, bias), sees: ({ humidity_pct }: World) => humidity_pct };
  return instrument(site, "humidity", "pct", own, { role: "context" });
}

export function voltage(site: Site & { readonly cell: number }, random: Random): Instrument {
  const { resolution, noise, bias } = p.voltage;
  return instrument(site, "voltage", "V", { sees: (world) => cellAt(world, site.cell).voltage_V, resolution, noise, bias: random.normal(0, bias) });
}

export function current(site: Site & { readonly cell: number }, most_A: number): Instrument {
  const { resolution, noise_share } = p.current;
  return instrument(site, "current", "A", { sees: (world) => cellAt(world, site.cell).current_A, resolution, noise: noise_share * most_A });
}

/** Of the heater on a cell's face, by its supply. */
export function power(site: Site & { readonly cell: number }): Instrument {
  const { resolution, noise } = p.power;
  return instrument(site, "power", "W", { sees: (world) => cellAt(world, site.cell).heater_W, resolution, noise });
}

/** Zeroed on the fresh cell; the frame grows with the chamber. */
export function thickness(site: Site & { readonly cell: number }, random: Random): Instrument {
  const { resolution, noise, drift_per_day, frame_mm_per_K } = p.thickness;
  return instrument(
    site,
    "thickness",
    "mm",
    {
      sees: (world) => cellAt(world, site.cell).thickness_mm - frame_mm_per_K * (world.chamber_degC - 25),
      resolution,
      noise: between(random, noise),
      drift_per_day: random.normal(0, drift_per_day),
    },
    { place: "jig" },
  );
}

export function force(site: Site & { readonly cell: number }, random: Random): Instrument {
  const { resolution, noise, drift_per_day } = p.force;
  return instrument(
    site,
    "force",
    "N",
    { sees: (world) => cellAt(world, site.cell).force_N ?? 0, resolution, noise, drift_per_day: random.normal(0, drift_per_day) },
    { place: "jig" },
  );
}
