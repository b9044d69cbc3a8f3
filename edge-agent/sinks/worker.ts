/** The store worker's thread: owns the spool and the sinks. Started by spool/open.ts, which says what the messages mean. */
import { parentPort, workerData } from "node:worker_threads";
import type { Station } from "../contracts/station.ts";
import { systemClock } from "../core/clock.ts";
import { isFault } from "../core/faults.ts";
import type { FromWorker, ToWorker } from "../spool/parcel.ts";
import { unpacked } from "../spool/parcel.ts";
import { Keeper } from "./keeper.ts";

const { station, boot } = workerData as { readonly station: Station; readonly boot: number | undefined };

const say = (message: FromWorker): void => parentPort?.postMessage(message);

try {
  const keeper = await Keeper.open({ station, boot, clock: systemClock, random: Math.random, say });
  parentPort?.on("message", (message: ToWorker) => {
    if (message.type === "parcel") keeper.receive(unpacked(message.parcel));
    else if (message.type === "answered") keeper.answered(message.number, message.reply);
    else void keeper.close(message.within_s).then(() => parentPort?.close());
  });
} catch (error) {
  say({ type: "failed", code: isFault(error) ? error.code : "spool/unavailable", message: (error as Error).message });
}
