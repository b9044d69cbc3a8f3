/** The store worker's work on a clock that runs faster, in the test's own thread: minutes of waiting pass in seconds. */
import type { Station } from "../../edge-agent/contracts/station.ts";
import type { Entry } from "../../edge-agent/core/entry.ts";
import { Keeper } from "../../edge-agent/sinks/keeper.ts";
import type { FromWorker, WorkerStatus } from "../../edge-agent/spool/parcel.ts";
import { Sorting } from "../../edge-agent/spool/sorting.ts";
import { hurriedClock } from "./hurried-clock.ts";

export interface HurriedKeeper {
  /** Resolves when the entries are committed. */
  commit(entries: readonly Entry[]): Promise<void>;
  until(condition: (status: WorkerStatus) => boolean): Promise<WorkerStatus>;
  close(): Promise<void>;
}

export async function hurriedKeeper(station: Station, times: number): Promise<HurriedKeeper> {
  const listeners = new Set<(message: FromWorker) => void>();
  const say = (message: FromWorker) => {
    for (const listen of listeners) listen(message);
  };
  const heard = <T>(pick: (message: FromWorker) => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const listen = (message: FromWorker) => {
        const found = pick(message);
        if (found === undefined) return;
        listeners.delete(listen);
        resolve(found);
      };
      listeners.add(listen);
    });
  const keeper = await Keeper.open({ station, boot: undefined, clock: hurriedClock(times), random: Math.random, say });
  const sorting = new Sorting(station.channels.map((channel) => channel.id));
  return {
    async commit(entries) {
      for (const entry of entries) sorting.add(entry);
      const parcel = sorting.parcel();
      if (parcel === undefined) return;
      const committed = heard((message) => (message.type === "committed" && message.seq >= parcel.seq ? true : undefined));
      keeper.receive(parcel);
      await committed;
    },
    until: (condition) => heard((message) => (message.type === "status" && condition(message.status) ? message.status : undefined)),
    async close() {
      await keeper.close(10);
    },
  };
}
