/**
 * Live points → one message a second for each quantity's chart. Points bear this machine's time: what comes over MQTT is live, and a
 * browser cuts its window by the clock, so that an agent whose clock was never set would have empty charts.
 */
import { quantityNames } from "../../edge-agent/core/quantities.ts";
import type { Channel, Watch } from "./watch.ts";
import type { Level } from "./words.ts";

/** One point of a curve: `y` null breaks the line. */
export interface Dot {
  readonly s: string;
  readonly x: number;
  readonly y: number | null;
}

/** What a chart node takes: dots, or how to draw them. Undefined: nothing for this chart now. */
export type ChartMessage = { payload: Dot[] } | { visible: boolean; ui_update?: { chartOptions: object } } | undefined;

/** Quantities in the order of the outputs of the function node. */
export const charts = quantityNames;

/** A cell's only channel of its quantity is named by the cell; where a chart is about one pack, its name need not stand at every curve. */
export function curveNames(channels: readonly Channel[]): ReadonlyMap<string, string> {
  return new Map(
    channels.map((channel) => {
      const { id, cell, pack } = channel;
      const chart = channels.filter(({ quantity }) => quantity === channel.quantity);
      if (cell !== undefined) return [id, chart.filter((other) => other.cell === cell).length === 1 ? cell : id];
      return [id, pack !== undefined && chart.every((other) => other.pack === pack) && id.startsWith(`${pack}.`) ? id.slice(pack.length + 1) : id];
    }),
  );
}

const calm = ["#5b7083", "#2a78b8", "#3d8b7d", "#7a6a9b", "#8a7350", "#4f6fa8", "#6c8f4e", "#a06a86"];
/** Where something is wrong its curve stands out; the others step back. */
const loud: Partial<Record<Level, string>> = { advisory: "#1d6fb8", warning: "#b07900", alarm: "#d2500a", trip: "#b3001b" };

export class Curves {
  readonly #watch: Watch;
  /** The newest value of each channel since the last beat. */
  readonly #fresh = new Map<string, number | null>();
  readonly #broken = new Set<string>();
  #drawn = "";

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  take(channel: string, value: number | undefined): void {
    this.#fresh.set(channel, value ?? null);
  }

  /** One message for each chart that has something to draw, in the order of `charts`. */
  beat(now_ms: number): ChartMessage[] {
    const x = Math.round(now_ms / 1000) * 1000;
    const names = curveNames(this.#watch.channels);
    const messages = charts.map((quantity): ChartMessage => {
      const dots = this.#watch.channels
        .filter((channel) => channel.quantity === quantity)
        .flatMap(({ id }): Dot[] => {
          const y = this.#fresh.get(id) ?? this.#gap(id, now_ms);
          return y === undefined ? [] : [{ s: names.get(id) ?? id, x, y }];
        });
      return dots.length === 0 ? undefined : { payload: dots };
    });
    for (const id of this.#fresh.keys()) this.#broken.delete(id);
    this.#fresh.clear();
    return messages;
  }

  /** Once, when a channel falls silent: without it the line would be drawn straight across what nobody measured. */
  #gap(channel: string, now_ms: number): null | undefined {
    if (this.#fresh.has(channel)) return null;
    if (this.#broken.has(channel) || this.#watch.readings.get(channel)?.isStale(now_ms) !== true) return undefined;
    this.#broken.add(channel);
    return null;
  }

  /** How each chart is drawn, when that has changed: `levels` by curve name. Charts of quantities that the station lacks are hidden. */
  looks(levels: ReadonlyMap<string, Level>): ChartMessage[] | undefined {
    const { channels } = this.#watch;
    const names = curveNames(channels);
    const drawn = JSON.stringify([channels, [...levels]]);
    if (drawn === this.#drawn) return undefined;
    this.#drawn = drawn;
    return charts.map((quantity) => {
      const curves = channels.filter((channel) => channel.quantity === quantity).map(({ id }) => names.get(id) ?? id);
      return curves.length === 0 ? { visible: false } : { visible: true, ui_update: { chartOptions: optionsOf(curves, levels) } };
    });
  }
}

/** Curves are named at their ends instead of in a legend; a chart of one curve has its name in its title. */
function optionsOf(curves: readonly string[], levels: ReadonlyMap<string, Level>): object {
  const isAnyLoud = curves.some((curve) => loud[levels.get(curve) ?? "normal"] !== undefined);
  const labelled = curves.length > 1;
  const margin = labelled ? 18 + 7 * Math.max(...curves.map(({ length }) => length)) : 24;
  return {
    grid: { left: 12, right: Math.min(120, margin), top: 34, bottom: 6, containLabel: true },
    tooltip: { confine: true, order: "valueDesc", textStyle: { fontSize: 12 } },
    series: curves.map((name, index) => {
      const alert = loud[levels.get(name) ?? "normal"];
      const color = alert ?? calm[index % calm.length];
      return {
        name,
        type: "line",
        showSymbol: false,
        z: alert === undefined ? 2 : 5,
        color,
        lineStyle: { width: alert === undefined ? 1.5 : 3, opacity: isAnyLoud && alert === undefined ? 0.45 : 1 },
        endLabel: { show: labelled, formatter: "{a}", color, fontSize: alert === undefined ? 11 : 13, fontWeight: alert === undefined ? "normal" : "bold" },
        labelLayout: { moveOverlap: "shiftY" },
      };
    }),
  };
}
