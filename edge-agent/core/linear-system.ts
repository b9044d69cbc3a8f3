/** Small systems of linear equations, by Gauss with the largest pivot. */

/** Below this a pivot is nothing but rounding: two of the equations say the same. */
const LEAST_PIVOT = 1e-6;

/** x of `matrix` × x = `right`; undefined when the equations do not tell the unknowns apart. */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | undefined {
  const rows = matrix.map((row, index) => [...row, right[index] ?? 0]);
  const n = rows.length;
  for (let step = 0; step < n; step++) {
    const rest = rows.slice(step);
    const largest = rest.reduce((best, row) => (Math.abs(row[step] ?? 0) > Math.abs(best[step] ?? 0) ? row : best));
    const other = rows[step];
    const pivot = largest[step] ?? 0;
    if (other === undefined || Math.abs(pivot) < LEAST_PIVOT) return undefined;
    rows[rows.indexOf(largest)] = other;
    rows[step] = largest;
    for (const [index, row] of rows.entries()) {
      const share = index === step ? 0 : (row[step] ?? 0) / pivot;
      if (share !== 0) for (let column = step; column <= n; column++) row[column] = (row[column] ?? 0) - share * (largest[column] ?? 0);
    }
  }
  return rows.map((row, index) => (row[n] ?? 0) / (row[index] ?? 1));
}
