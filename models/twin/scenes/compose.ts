/** From what happens to a whole scene: draws the instruments, writes the station file. */
import type { StationInput } from "../../../edge-agent/contracts/station.ts";
import type { ClockFault } from "../clock-faults.ts";
import type { Instrument } from "../instruments.ts";
import { roomDraws } from "../params/scenes.ts";
import { type Random, seeded } from "../random.ts";
import type { SensorFault } from "../sensor-faults.ts";
import type { Drive, World } from "../world.ts";
import { type Bench, cellOf } from "./bench.ts";
import { day_s } from "./drives.ts";
import { drawInstruments, drawLayout, type Layout, type LayoutWishes } from "./layout.ts";
import type { Scene } from "./scene.ts";
import { stationFile } from "./station-file.ts";

/** What happens, before anybody measures it. */
export interface Plot {
  readonly bench: Bench;
  readonly intent: NonNullable<StationInput["intent"]>["kind"];
  readonly layout?: LayoutWishes;
  readonly drive: (world: World) => Drive;
  readonly duration_s: number;
  readonly isOver?: (world: World) => boolean;
  /** Of every cell: the station file's limit on irreversible growth, in percent of the fresh thickness. */
  readonly swellingLimit_pct?: number;
  /** The chamber is this warm on purpose. */
  readonly planned_degC?: number;
  /** What is wrong with the instruments. */
  readonly ailing?: (instruments: readonly Instrument[], random: Random) => Ailment;
  readonly notes?: string;
}

export interface Ailment {
  /** By column. */
  readonly faults: Readonly<Record<string, readonly SensorFault[]>>;
  readonly clock: readonly ClockFault[];
  readonly notes: string;
}

type Limits = NonNullable<StationInput["limits"]>;

/** The least maximum that a station file of the scenes names, and what a planned heat is given beyond itself: engineering choices. */
const usualMost_degC = 60;
const margin_K = 8;

const well: Ailment = { faults: {}, clock: [], notes: "" };

export function scene(name: string, healthy: boolean, about: string, plot: (random: Random) => Plot): Scene {
  return {
    name,
    kind: name.replaceAll("-", "_"),
    healthy,
    about,
    open(seed) {
      const random = seeded(`${name}/${seed}`);
      const {
        bench,
        intent,
        layout: wishes = {},
        drive,
        duration_s,
        isOver,
        swellingLimit_pct,
        planned_degC,
        ailing,
        notes = "",
      } = plot(random.branch("plot"));
      const layout = drawLayout(random.branch("layout"), wishes);
      const instruments = drawInstruments(bench, layout, { drawnOut: intent === "abuse", ...wishes }, random.branch("instruments"));
      const { faults, clock, notes: ills } = ailing?.(instruments, random.branch("ailing")) ?? well;
      const inRoom = laboratory(random.branch("laboratory"));
      const swelling = swellingLimit_pct === undefined ? [] : swellingLimits(bench, instruments, swellingLimit_pct);
      const limits = [...swelling, ...(planned_degC === undefined ? [] : heatLimits(bench, instruments, planned_degC))];
      return {
        station: stationFile(bench, { name, kind: intent, instruments, limits }, random.branch("station")),
        setup: bench.setup,
        drive: (world) => inRoom(drive(world), world.at_s),
        sensors: instruments.map(({ spec }) => ({ ...spec, faults: faults[spec.column] ?? [] })),
        clock,
        duration_s,
        isOver: isOver ?? (() => false),
        swellingLimit_pct: Object.fromEntries(swelling.map(({ at }) => [at.cell, swellingLimit_pct ?? 0])),
        notes: [told(bench, layout), notes, ills].filter((part) => part !== "").join("; "),
      };
    },
  };
}

/** Weather and people around what a scene does: both start from the air that is in the chamber. */
function laboratory(random: Random): (drive: Drive, at_s: number) => Drive {
  const swing_kPa = random.uniform(...roomDraws.weather_kPa);
  const weather_s = random.uniform(...roomDraws.weather_days) * day_s;
  const phase = random.uniform(0, 2 * Math.PI);
  const people_ppm = random.logUniform(...roomDraws.log_people_ppm);
  const people_s = random.uniform(...roomDraws.people_days) * day_s;
  return (drive, at_s) => ({
    ...drive,
    room_kPa: drive.room_kPa + swing_kPa * (Math.sin(phase + (2 * Math.PI * at_s) / weather_s) - Math.sin(phase)),
    roomCo2_ppm: drive.roomCo2_ppm + people_ppm * (0.5 - 0.5 * Math.cos((2 * Math.PI * at_s) / people_s)),
  });
}

/** A limit stands in the station file where there is a thickness for it to watch. */
function swellingLimits(bench: Bench, instruments: readonly Instrument[], pct: number) {
  const { thickness_mm } = cellOf(bench).pouch;
  return bench.ids
    .filter((id) => instruments.some(({ channel }) => channel.id === `${id}.thickness`))
    .map((cell) => ({
      alarm: "swelling" as const,
      at: { cell },
      value: `${((pct / 100) * thickness_mm).toFixed(2)} mm`,
      reason: `${pct} % of the fresh thickness`,
    }));
}

/** Whoever keeps a cell warmer than its usual maximum says so in the station file. */
function heatLimits(bench: Bench, instruments: readonly Instrument[], planned_degC: number): Limits {
  const value_degC = Math.ceil(planned_degC + margin_K);
  if (value_degC <= usualMost_degC) return [];
  return bench.ids
    .filter((id) => instruments.some(({ channel }) => channel.id === `${id}.surface`))
    .map((cell) => ({
      alarm: "over-temperature" as const,
      at: { cell },
      value: `${value_degC} degC`,
      reason: `the test keeps the chamber at up to ${planned_degC.toFixed(0)} degC`,
    }));
}

function told({ setup }: Bench, layout: Layout): string {
  const [cell] = setup.cells;
  const { volume_L, sealed, ventilation_per_h, atmosphere } = setup.chamber;
  const air = sealed ? "sealed" : `${ventilation_per_h.toPrecision(2)} air changes per hour`;
  return `${setup.cells.length} × ${cell?.capacity_Ah.toPrecision(2)} Ah, set ${cell?.kinetics.set}; ${volume_L.toFixed(0)} L of ${atmosphere}, ${air}; layout ${layout}`;
}
