/** Figures → a table for a person. What was not measured stands in it too, with the reason. */
export interface Bar {
  /** Which of the values is held against the bar. */
  readonly of: string;
  readonly most?: number;
  readonly least?: number;
}

export interface Measured {
  readonly name: string;
  readonly values: Readonly<Record<string, number>>;
  readonly unit: string;
  readonly bar?: Bar;
  /** How many of what stand behind it: "1000 trips". */
  readonly n?: string;
  readonly note?: string;
}

export interface Missing {
  readonly name: string;
  /** Why there is no figure. */
  readonly missing: string;
  /** It should have been measured here. */
  readonly failed?: true;
}

export type Figure = Measured | Missing;

export function isMet({ values, bar }: Measured): boolean | undefined {
  const value = bar && values[bar.of];
  if (value === undefined) return undefined;
  return value <= (bar?.most ?? Number.POSITIVE_INFINITY) && value >= (bar?.least ?? Number.NEGATIVE_INFINITY);
}

/** Three digits that count; whole numbers in groups of three. */
export function shown(value: number): string {
  const digits = value === 0 || Math.abs(value) >= 100 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: true }).replaceAll(",", " ");
}

const valuesOf = ({ values }: Measured): string =>
  Object.entries(values)
    .map(([key, value]) => (Object.keys(values).length === 1 ? shown(value) : `${key} ${shown(value)}`))
    .join(", ");

function barOf({ bar, values }: Measured): string {
  if (bar === undefined) return "";
  const limit = bar.most === undefined ? `≥ ${shown(bar.least ?? 0)}` : `≤ ${shown(bar.most)}`;
  return Object.keys(values).length === 1 ? limit : `${bar.of} ${limit}`;
}

const header = ["what", "figure", "unit", "bar", "", "n"] as const;

/** One line a figure, its note indented under it. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    if ("missing" in figure) return [figure.name, `not measured: ${figure.missing}`, "", "", "", ""];
    const met = isMet(figure);
    return [figure.name, valuesOf(figure), figure.unit, barOf(figure), met === undefined ? "" : met ? "met" : "NOT MET", figure.n ?? ""];
  });
  // a reason for nothing may be long, and widens no column
  const measured = [header, ...rows.filter((_, index) => !("missing" in (figures[index] ?? { missing: "" })))];
  const widths = header.map((_, column) => Math.max(...(column === 0 ? [header, ...rows] : measured).map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const lines = [line(header), widths.map((width) => "─".repeat(width)).join("  ")];
  for (const [index, row] of rows.entries()) {
    lines.push(line(row));
    const figure = figures[index];
    if (figure !== undefined && "note" in figure && figure.note !== undefined) lines.push(`    ${figure.note}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Nearest-rank percentiles of the 50th, the 99th and the last. */
export function spread(values: readonly number[]): { readonly p50: number; readonly p99: number; readonly max: number } {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
