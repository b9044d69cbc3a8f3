/** The station file of a scene as a person would write it: rounded, weighed on a kitchen scale, some of it unknown. */
import type { StationInput } from "../../../edge-agent/contracts/station.ts";
import type { Instrument } from "../instruments.ts";
import { writtenDraws as w } from "../params/scenes.ts";
import type { Random } from "../random.ts";
import { type Bench, cellOf, type ReactionSet } from "./bench.ts";

type Intent = NonNullable<StationInput["intent"]>;

export interface Writing {
  readonly name: string;
  readonly kind: Intent["kind"];
  readonly instruments: readonly Instrument[];
  readonly limits?: StationInput["limits"];
}

/** A runaway that was asked for is planned; in a storage test nothing is. */
const plannedAbuse = ["gas-rise", "swelling", "vent", "self-heating", "runaway-imminent", "runaway", "over-temperature"] as const;

const chemistries = { kim: "LCO/graphite", feng: "NMC111/graphite", "lithium-rich": "LLO/graphite" } as const satisfies Record<ReactionSet, string>;

export function stationFile(bench: Bench, { name, kind, instruments, limits = [] }: Writing, random: Random): StationInput {
  const maximum = random.chance(w.maxTemperatureShare) ? `${random.choice([60, 60, 80])} degC` : undefined;
  const mass = random.normal(1, w.massSd);
  return {
    version: 1,
    site: "twin",
    station: name.slice(0, 32),
    cells: bench.ids.map((id) => writtenCell(id, bench, mass, maximum)),
    packs: [{ id: "P1", gas_space: gasSpace(bench, random) }],
    channels: instruments.map(({ channel }) => channel),
    ...(limits.length > 0 && { limits }),
    outputs: [
      { id: "heater-permit", kind: "simulated" },
      { id: "cycler-permit", kind: "simulated" },
    ],
    intent: {
      kind,
      phases: [{ id: kind, planned: kind === "abuse" ? [...plannedAbuse] : [], stop_test_on: kind === "abuse" ? [] : ["runaway"] }],
    },
    interlocks: [{ when: "runaway", class: "stop", open: ["heater-permit", "cycler-permit"] }],
  };
}

/** Two digits, as on a label. */
const short = (value: number): number => Number(value.toPrecision(2));

function writtenCell(id: string, bench: Bench, massFactor: number, maximum: string | undefined): StationInput["cells"][number] {
  const { kinetics, capacity_Ah, mass_g } = cellOf(bench);
  return {
    id,
    pack: "P1",
    chemistry: chemistries[kinetics.set],
    capacity: `${short(capacity_Ah)} Ah`,
    mass: `${Number((mass_g * massFactor).toPrecision(3))} g`,
    ...(maximum !== undefined && { max_temperature: maximum }),
  };
}

function gasSpace({ setup: { chamber } }: Bench, random: Random): NonNullable<NonNullable<StationInput["packs"]>[number]["gas_space"]> {
  const volume = random.chance(w.unknownShare) ? "unknown" : `${short(chamber.volume_L * random.normal(1, w.volumeSd))} L`;
  const ventilation = random.chance(w.unknownShare) ? "unknown" : `${short(chamber.ventilation_per_h * random.normal(1, w.volumeSd))} /h`;
  return {
    free_volume: volume,
    atmosphere: chamber.atmosphere,
    ...(chamber.sealed ? { ventilation: "0 /h", sealed: true, leak_rate: "unknown" } : { ventilation, leak_rate: "unknown" }),
  };
}
