/**
 * What the full model has to beat, on the same recordings: detectors as they are published or installed, each alone. A detector that its station gives
 * nothing to look at says nothing, and the score then shows a miss: without an H2 sensor there is no warning by H2.
 */
import type { Channel, Station, StationLimit } from "../../edge-agent/contracts/station.ts";
import type { Finding } from "../../edge-agent/core/judgement.ts";
import { selfHeating } from "../baselines/self-heating.ts";
import { fixedLimits } from "../fixed-limit.ts";
import { offGas } from "../off-gas.ts";
import type { Evidence, Model } from "../opinion.ts";
import { runaway } from "../runaway.ts";
import type { Stage } from "../stage.ts";
import { isOnCell } from "../station-map.ts";

/** The name of the full model among the detectors. */
export const FULL = "full";

export interface Baseline {
  /** Unique, and not that of the full model. */
  readonly name: string;
  readonly means: string;
  /** Undefined where the station has no sensor for it: it is blind, and nobody need run it to know what it says. */
  model(station: Station): Model | undefined;
}

const limitAt = (severity: StationLimit["severity"], value: string): StationLimit => ({
  alarm: "over-temperature",
  at: { station: true },
  severity,
  value,
  reason: "the baseline's own",
});

/** Fixed limits on some of the channels alone. */
function limitsOn(station: Station, fits: (channel: Channel) => boolean): Model | undefined {
  const channels = station.channels.filter(fits);
  return channels.length === 0 ? undefined : ofFindings(fixedLimits({ ...station, channels }));
}

export const baselines: readonly Baseline[] = [
  {
    name: "limit-60-80",
    means: "60 °C on a cell is an alarm, 80 °C a trip: fixed limits of science and habit, in the place of the station's",
    model: (station) => {
      const others = station.limits.filter(({ alarm }) => alarm !== "over-temperature");
      const bare = station.cells.map((cell) => ({ ...cell, max_temperature_degC: undefined }));
      return limitsOn({ ...station, cells: bare, limits: [...others, limitAt("alarm", "60 degC"), limitAt("trip", "80 degC")] }, isOnCell);
    },
  },
  {
    name: "limit-station",
    means: "every fixed limit of the alarm table and the station file, temperature, pressure and gas",
    model: (station) => ofFindings(fixedLimits(station)),
  },
  {
    name: "rate-1-K-per-s",
    means: "1 K/s for more than 3 s: an alarm, and with voltage or maximum temperature, or where neither is measured, runaway: GB 38031-2025 C.5.3.7",
    model: (station) => (station.channels.some(isOnCell) ? ofFindings(runaway(station)) : undefined),
  },
  {
    name: "limit-h2",
    means: "H2 above the station's ppm limit, or 10 and 25 % of the mixture's lower flammable limit",
    model: (station) => limitsOn(station, ({ quantity }) => quantity === "h2"),
  },
  {
    name: "limit-pressure",
    means: "pressure above the station's limit",
    model: (station) => limitsOn(station, ({ quantity }) => quantity === "pressure"),
  },
  { name: "off-gas-cusum", means: "off-gas onset by CUSUM against a learned baseline", model: (station) => ofFindings(offGas(station)) },
  {
    name: "self-heating-cusum",
    means: "net self-heating by CUSUM on a heat balance",
    model: (station) => (station.channels.some(isOnCell) ? ofFindings(selfHeating(station)) : undefined),
  },
];

/** A detector as a model of its own, without estimates. */
function ofFindings<State>({ start, step }: Stage<State, Evidence, readonly Finding[]>): Model {
  const model: Model<State> = {
    start,
    step(state, evidence) {
      const [next, findings] = step(state, evidence);
      return [next, { estimates: [], findings }];
    },
  };
  return model as Model;
}
