/** A store over a folder of its own, and what tests await of it. */
import type { Station, StationInput } from "../../edge-agent/contracts/station.ts";
import { type Clock, systemClock } from "../../edge-agent/core/clock.ts";
import { openStore } from "../../edge-agent/spool/open.ts";
import type { Store, StoreStatus } from "../../edge-agent/spool/store.ts";
import { station } from "./station.ts";

export interface WatchedStore {
  readonly store: Store;
  /** Resolves at the first status for which the condition holds, from now on. */
  until(condition: (status: StoreStatus) => boolean): Promise<StoreStatus>;
}

export function watchedStore(of: Station, clock: Clock = systemClock): WatchedStore {
  const watchers = new Set<(status: StoreStatus) => void>();
  const store = openStore({
    station: of,
    clock,
    onStatus: (status) => {
      for (const watch of watchers) watch(status);
    },
  });
  return {
    store,
    until: (condition) =>
      new Promise((resolve) => {
        const watch = (status: StoreStatus) => {
          if (!condition(status)) return;
          watchers.delete(watch);
          resolve(status);
        };
        watchers.add(watch);
      }),
  };
}

export const delivered = (status: StoreStatus): boolean => status.uncommitted === 0 && status.sinks.every((sink) => sink.backlog === 0);

export const storeStation = (directory: string, sinks: StationInput["sinks"], more: Partial<StationInput> = {}): Station =>
  station({ spool: { directory, budget: "64 MB", commit: "20 ms" }, sinks, ...more });
