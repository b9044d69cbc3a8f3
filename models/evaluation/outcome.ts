/** One case and one detector → what the score needs of it: plain JSON, small, so that workers can hand it over and files can keep it. */
import type { Station } from "../../edge-agent/contracts/station.ts";
import type { Truth } from "../../edge-agent/contracts/truth.ts";
import type { AlarmName, Severity } from "../../edge-agent/core/alarms.ts";
import { type Criterion, criteria, meets } from "./criteria.ts";
import { gradeRunaway, gradeSwelling, type RunawayForecasts, type SwellingForecasts } from "./forecasts.ts";
import { type CellLeads, earlyRaises, leadsOf, raisedBy, references } from "./leads.ts";
import type { Raise, Told } from "./told.ts";
import { cellsOf, type Group, groupOf } from "./what-happened.ts";

export interface Outcome {
  readonly case: string;
  readonly kind: string;
  readonly group: Group;
  readonly detector: string;
  readonly hours: number;
  /** Alarms of hazards, each occurrence once, whether right or wrong. */
  readonly raised: Readonly<Record<Criterion, number>>;
  /** Of cells with one of the events that leads are stated against. */
  readonly leads: readonly CellLeads[];
  /** Occurrences of class runaway that are false alarms, and such as no judgement is possible of. */
  readonly wrongRunaway: number;
  readonly undatedRunaway: number;
  /** Each alarm of class runaway where no cell ran away, at its first and at its gravest. */
  readonly cries: readonly Cry[];
  readonly runaway: RunawayForecasts;
  readonly swelling: SwellingForecasts;
}

export interface Cry {
  readonly at_s: number;
  readonly alarm: AlarmName;
  readonly severity: Severity;
  readonly cell?: string;
  /** Of the cell at that moment, where the truth knows. */
  readonly true_net_K_per_min?: number;
}

/** The true net self-heating of a cell at a time, where the truth has it. */
export type NetRate = (cell: string, at_s: number) => number | undefined;

export function outcomeOf(of: {
  readonly name: string;
  readonly detector: string;
  readonly station: Station;
  readonly truth: Truth;
  readonly told: Told;
  readonly netRate?: NetRate;
}): Outcome {
  const { name, detector, station, truth, told, netRate } = of;
  const cells = cellsOf(truth);
  const group = groupOf(truth);
  const { wrong, undated } = earlyRaises(cells, told.raises);
  const early = new Set([...wrong, ...undated]);
  const packOf = (cell: string | undefined) => station.cells.find(({ id }) => id === cell)?.pack;
  return {
    case: name,
    kind: truth.kind,
    group,
    detector,
    hours: told.watched_s / 3600,
    raised: Object.fromEntries(criteria.map((criterion) => [criterion, raisedBy(told, criterion)])) as Record<Criterion, number>,
    leads: cells
      .filter(({ at_s }) => references.some((reference) => at_s[reference] !== undefined))
      .map((cell) => leadsOf(cell, packOf(cell.cell), told.raises, early)),
    wrongRunaway: raisedBy({ raises: [...wrong] }, "class-runaway"),
    undatedRunaway: raisedBy({ raises: [...undated] }, "class-runaway"),
    cries: group === "abuse" ? [] : told.raises.filter((raise) => meets(raise, "class-runaway")).map((raise) => cryOf(raise, netRate)),
    runaway: gradeRunaway(cells, told),
    swelling: gradeSwelling(cells, told),
  };
}

function cryOf({ at_s, alarm, severity, cell }: Raise, netRate: NetRate | undefined): Cry {
  const rate = cell === undefined ? undefined : netRate?.(cell, at_s);
  return { at_s, alarm, severity, ...(cell !== undefined && { cell }), ...(rate !== undefined && { true_net_K_per_min: rate }) };
}
