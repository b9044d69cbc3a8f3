/** What really happens to the cells, seen from the true world step by step: the events of a truth file. */
import type { Truth } from "../../edge-agent/contracts/truth.ts";
import { startKnee } from "./knee.ts";
import { truthParams as p } from "./params/truth.ts";
import type { CellWorld, World } from "./world.ts";

type Event = Truth["events"][number];

export interface TruthWatch {
  see(world: World): void;
  /** In time order. */
  events(): Event[];
}

interface Watched {
  /** Since when the cell's own heating is above each level. */
  readonly above_s: (number | undefined)[];
  fast_s: number | undefined;
  rate: { at_s: number; surface_degC: number } | undefined;
  /** The highest temperature since the runaway began. */
  peak: { at_s: number; degC: number; over: boolean } | undefined;
  readonly knee: ReturnType<typeof startKnee>;
}

const levels = [0.2, 0.5, 1] as const;

/**
 * `cells`: ids in the world's order. `swellingLimit_pct`: by cell. `storage`: whether a knee of the gas made is looked for.
 */
export function watchTruth(cells: readonly string[], swellingLimit_pct: Readonly<Record<string, number>>, storage: boolean): TruthWatch {
  const events: Event[] = [];
  const told = new Set<string>();
  const tell = (cell: string, event: Event["event"], time_s: number): void => {
    if (told.has(`${cell} ${event}`)) return;
    told.add(`${cell} ${event}`);
    events.push({ cell, event, time_s: round(time_s) });
  };
  const watched = cells.map((): Watched => ({ above_s: [], fast_s: undefined, rate: undefined, peak: undefined, knee: startKnee() }));

  function seeCell(id: string, cell: CellWorld, memory: Watched, at_s: number): void {
    const runaway = seeRunaway(cell, memory, at_s);
    for (const [index, level] of levels.entries()) {
      if (cell.net_K_per_min <= level) memory.above_s[index] = undefined;
      else memory.above_s[index] ??= at_s;
      const since_s = memory.above_s[index];
      if (since_s !== undefined && (at_s - since_s >= p.sustained_s || runaway)) tell(id, `self-heating-${level}`, since_s);
    }
    if (cell.vented) tell(id, "vent", at_s);
    if (runaway && memory.peak === undefined) {
      tell(id, "runaway", at_s);
      memory.peak = { at_s, degC: cell.surface_degC, over: false };
    }
    seePeak(cell, memory, at_s);
    const limit_pct = swellingLimit_pct[id];
    if (limit_pct !== undefined && cell.swelling_pct >= limit_pct) tell(id, "swelling-limit", at_s);
    if (storage && memory.knee.see(at_s, cell)) tell(id, "knee", at_s);
  }

  return {
    see({ at_s, cells: now }) {
      for (const [index, id] of cells.entries()) {
        const cell = now[index];
        const memory = watched[index];
        if (cell !== undefined && memory !== undefined) seeCell(id, cell, memory, at_s);
      }
    },
    events() {
      const peaks = watched.flatMap(({ peak }, index): Event[] =>
        peak === undefined ? [] : [{ cell: cells[index] ?? "", event: "t3", time_s: round(peak.at_s) }],
      );
      // the sort is stable: what fell on one time stays in the order of its happening
      return [...events, ...peaks].sort((a, b) => a.time_s - b.time_s);
    },
  };
}

const round = (time_s: number): number => Math.round(time_s * 100) / 100;

/** Surface rate of 1 K/s for 3 s, and the cell's own heat would do it. */
function seeRunaway({ surface_degC, net_K_per_min }: CellWorld, memory: Watched, at_s: number): boolean {
  memory.rate ??= { at_s, surface_degC };
  const { rate } = memory;
  if (at_s - rate.at_s < p.rateSpan_s) return memory.fast_s !== undefined && at_s - memory.fast_s >= p.runawayHold_s;
  const fast = (surface_degC - rate.surface_degC) / (at_s - rate.at_s) >= p.runaway_K_per_s && net_K_per_min >= p.own_K_per_min;
  memory.fast_s = fast ? (memory.fast_s ?? rate.at_s) : undefined;
  memory.rate = { at_s, surface_degC };
  return memory.fast_s !== undefined && at_s - memory.fast_s >= p.runawayHold_s;
}

/** The first peak that a fall follows: a neighbour's later fire is no peak of this cell. */
function seePeak({ surface_degC }: CellWorld, { peak }: Watched, at_s: number): void {
  if (peak === undefined || peak.over) return;
  if (surface_degC > peak.degC) {
    peak.at_s = at_s;
    peak.degC = surface_degC;
  } else if (surface_degC < peak.degC - p.peakFall_K) peak.over = true;
}
