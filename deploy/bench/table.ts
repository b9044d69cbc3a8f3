/** What the bench says of its parts: part, state, address. */

export interface Row {
  readonly part: string;
  readonly state: string;
  readonly address?: string;
}

/** Lines of a table, columns as wide as their words need. */
export function table(rows: readonly Row[]): string {
  const all: readonly Row[] = [{ part: "part", state: "state", address: "address" }, ...rows];
  const width = (word: (row: Row) => string) => Math.max(...all.map((row) => word(row).length));
  const [part, state] = [width((row) => row.part), width((row) => row.state)];
  return all.map((row) => `  ${row.part.padEnd(part)}  ${row.state.padEnd(state)}  ${row.address ?? ""}`.trimEnd()).join("\n");
}
