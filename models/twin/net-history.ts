/** The true net self-heating of each cell over a run, kept every few seconds, so that an alarm can be compared with it. */
import type { World } from "./world.ts";

const EVERY_s = 10;

export interface NetHistory {
  see(world: World): void;
  /** K/min at the last moment kept before a time; undefined for another cell or an earlier time. */
  at(cell: string, at_s: number): number | undefined;
}

export function netHistory(cells: readonly string[]): NetHistory {
  const times_s: number[] = [];
  const rates = cells.map((): number[] => []);
  return {
    see({ at_s, cells: now }) {
      if (at_s - (times_s.at(-1) ?? Number.NEGATIVE_INFINITY) < EVERY_s) return;
      times_s.push(at_s);
      for (const [index, { net_K_per_min }] of now.entries()) rates[index]?.push(net_K_per_min);
    },
    at(cell, at_s) {
      let [low, high] = [0, times_s.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((times_s[middle] ?? 0) <= at_s) low = middle + 1;
        else high = middle;
      }
      return rates[cells.indexOf(cell)]?.[low - 1];
    },
  };
}
