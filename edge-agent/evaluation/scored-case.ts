/** A recording whose truth is known, wherever it comes from: a folder, or a simulation that no file ever holds. */
import type { NetRate } from "../../models/evaluation/outcome.ts";
import { type Station, type StationInput, stationSchema } from "../contracts/station.ts";
import type { Truth } from "../contracts/truth.ts";
import { replayColumns } from "../recording/columns.ts";
import type { Row } from "../recording/rows.ts";

export interface ScoredCase {
  readonly name: string;
  readonly station: Station;
  /** Fields in the order of `replayColumns(station.channels)`. May be asked for again, and starts from the beginning then. */
  rows(): Iterable<Row> | AsyncIterable<Row>;
  /** Asked for after the last row. */
  truth(): Truth;
  readonly netRate?: NetRate;
}

/** What a simulation gives: a table by columns, and what was true. */
export interface SimulatedRun {
  readonly station: StationInput;
  readonly columns: readonly string[];
  /** In the order of `columns`; undefined where nothing was measured. */
  rows(): Iterable<{ readonly time_s: number; readonly values: readonly (number | Row["fields"][number])[] }>;
  truth(): Truth;
  readonly netRate?: NetRate;
}

/** `simulate` is called once for each reading of the rows, since a simulation can run but once. */
export function simulatedCase(name: string, simulate: () => SimulatedRun): ScoredCase {
  const { station: input, columns } = simulate();
  const station = stationSchema.parse(input);
  const places = replayColumns(station.channels).map(({ column }) => columns.indexOf(column));
  let run: SimulatedRun | undefined;
  return {
    name,
    station,
    *rows() {
      run = simulate();
      for (const { time_s, values } of run.rows()) {
        yield { at_s: time_s, fields: places.map((place) => asField(values[place])) };
      }
    },
    truth: () => (run ?? simulate()).truth(),
    netRate: (cell, at_s) => run?.netRate?.(cell, at_s),
  };
}

const asField = (value: number | Row["fields"][number]): Row["fields"][number] => (typeof value === "number" ? { value, bound: 0 } : value);
