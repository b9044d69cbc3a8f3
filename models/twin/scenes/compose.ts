/** From what happens to a whole scene: draws the instruments, writes the station file. */
import type { StationInput } from "../../../edge-agent/contracts/station.ts";
import type { ClockFault } from "../clock-faults.ts";
import type { Instrument } from "../instruments.ts";
import { type Random, seeded } from "../random.ts";
import type { SensorFault } from "../sensor-faults.ts";
import type { Drive, World } from "../world.ts";
import { type Bench, cellOf, started_kPa } from "./bench.ts";
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

const well: Ailment = { faults: {}, clock: [], notes: "" };

export function scene(name: string, healthy: boolean, about: string, plot: (random: Random) => Plot): Scene {
  return {
    name,
    kind: name.replaceAll("-", "_"),
    healthy,
    about,
    open(seed) {
      const random = seeded(`${name}/${seed}`);
      const { bench, intent, layout: wishes = {}, drive, duration_s, isOver, swellingLimit_pct, ailing, notes = "" } = plot(random.branch("plot"));
      const layout = drawLayout(random.branch("layout"), wishes);
      const instruments = drawInstruments(bench, layout, { drawnOut: intent === "abuse", ...wishes }, random.branch("instruments"));
      const { faults, clock, notes: ills } = ailing?.(instruments, random.branch("ailing")) ?? well;
      const kPa = weather(random.branch("weather"));
      const limits = swellingLimit_pct === undefined ? [] : swellingLimits(bench, instruments, swellingLimit_pct);
      return {
        station: stationFile(bench, { name, kind: intent, instruments, limits }, random.branch("station")),
        setup: bench.setup,
        drive: (world) => ({ ...drive(world), room_kPa: kPa(world.at_s) }),
        sensors: instruments.map(({ spec }) => ({ ...spec, faults: faults[spec.column] ?? [] })),
        clock,
        duration_s,
        isOver: isOver ?? (() => false),
        swellingLimit_pct: limits.length === 0 ? {} : Object.fromEntries(bench.ids.map((id) => [id, swellingLimit_pct ?? 0])),
        notes: [told(bench, layout), notes, ills].filter((part) => part !== "").join("; "),
      };
    },
  };
}

/** Air pressure of the room by time: the weather goes up and down around where the run began. Engineering choice: up to 0.6 kPa in half a day and more. */
function weather(random: Random): (at_s: number) => number {
  const swing_kPa = random.uniform(0.05, 0.6);
  const period_s = random.uniform(0.5, 2) * day_s;
  const phase = random.uniform(0, 2 * Math.PI);
  return (at_s) => started_kPa + swing_kPa * (Math.sin(phase + (2 * Math.PI * at_s) / period_s) - Math.sin(phase));
}

/** A limit stands in the station file where there is a thickness for it to watch. */
function swellingLimits(bench: Bench, instruments: readonly Instrument[], pct: number): NonNullable<StationInput["limits"]> {
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

function told({ setup }: Bench, layout: Layout): string {
  const [cell] = setup.cells;
  const { volume_L, sealed, ventilation_per_h, atmosphere } = setup.chamber;
  const air = sealed ? "sealed" : `${ventilation_per_h.toPrecision(2)} air changes per hour`;
  return `${setup.cells.length} × ${cell?.capacity_Ah.toPrecision(2)} Ah, set ${cell?.kinetics.set}; ${volume_L.toFixed(0)} L of ${atmosphere}, ${air}; layout ${layout}`;
}
