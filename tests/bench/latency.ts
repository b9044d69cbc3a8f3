/**
 * Sample → output. A forked process talks as a bus process does; bus, agent, alarms, interlocks, outputs, log and store are the real ones.
 * From the stamp of the sample in the sending process (CLOCK_MONOTONIC is one for all) to the return of the write of the last output line.
 *
 * An alarm may be raised again only when its off-delay of a minute has run out, so the agent decides on a clock that runs HURRY times as
 * fast; what is measured is on the true one. Pressure trips, since its limit has no on-delay.
 */
import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import { Agent } from "../../edge-agent/agent/agent.ts";
import { logEntries, openLog } from "../../edge-agent/agent/log.ts";
import { BusProcess } from "../../edge-agent/bus/bus-process.ts";
import type { BusPlan, SensorPlan } from "../../edge-agent/bus/messages.ts";
import type { Source } from "../../edge-agent/bus/source.ts";
import type { Station } from "../../edge-agent/contracts/station.ts";
import { type Clock, systemClock } from "../../edge-agent/core/clock.ts";
import { openOutputs } from "../../edge-agent/outputs/outputs.ts";
import { Stamper } from "../../edge-agent/pipeline/stamper.ts";
import { openStore } from "../../edge-agent/spool/open.ts";
import { hurriedClock } from "../support/hurried-clock.ts";
import { type FileLines, fileLines } from "./file-line.ts";
import { type FrozenDisk, openFrozenDisk, STALL_s } from "./frozen-disk.ts";
import { maybeInfluxd } from "./installed.ts";
import { physical, type Situation, situationsOf, trippingStation } from "./latency-cases.ts";
import type { Bench } from "./part.ts";
import { channelCount, rate_Hz } from "./spool.ts";
import { type Figure, spread } from "./table.ts";

const HURRY = 150;
const LIMIT_kPa = 150;
const BAR_ms = 2;
/** The thaw between two stalls: what waited is written meanwhile. */
const THAW_s = 1;
/** Nothing counts before: code is being compiled. */
const WARM_UP_s = 3;

interface Trips {
  readonly latencies_ms: number[];
  /** Over the limit, and no line was written. */
  missed: number;
  /** Only trips of such moments count. */
  counts: boolean;
}

export async function latency({ room, options, progress }: Bench): Promise<Figure[]> {
  const lines = fileLines(room);
  const influxd = await maybeInfluxd(room);
  const disk = options.ownMounts ? await openFrozenDisk(room).catch((error: Error) => error) : new Error("needs root");
  const figures: Figure[] = [];
  for (const situation of situationsOf({ influxUrl: influxd?.url, disk })) {
    const name = `sample → output, ${situation.name}`;
    if (situation.missing !== undefined) figures.push({ name, missing: situation.missing });
    else figures.push(await measure(situation, { name, lines, trips: options.trips, progress, room, ...(disk instanceof Error ? {} : { disk }) }));
  }
  return [...figures, ...physical(`${channelCount} channels, ${rate_Hz} Hz`)];
}

interface Setting {
  readonly name: string;
  readonly lines: FileLines;
  readonly trips: number;
  readonly disk?: FrozenDisk;
  readonly room: Bench["room"];
  progress(text: string): void;
}

async function measure(situation: Situation, setting: Setting): Promise<Figure> {
  const { name, trips, disk, progress } = setting;
  const counted: Trips = { latencies_ms: [], missed: 0, counts: false };
  const running = await start(trippingStation(situation, { limit_kPa: LIMIT_kPa, every_s: HURRY / rate_Hz }), setting, counted);
  let mostWaiting = 0;
  try {
    await systemClock.sleep(WARM_UP_s);
    while (counted.latencies_ms.length < trips) {
      progress(`${situation.name}: ${counted.latencies_ms.length} of ${trips} trips`);
      if (situation.stalled && disk !== undefined) {
        await disk.freeze();
        counted.counts = true;
        await systemClock.sleep(STALL_s - 0.1); // off before the thaw, so that every one of them saw a stalled disk
        counted.counts = false;
        mostWaiting = Math.max(mostWaiting, running.uncommitted());
        await disk.thawed();
        await systemClock.sleep(THAW_s);
      } else {
        counted.counts = true;
        await systemClock.sleep(0.2);
      }
      if (counted.latencies_ms.length === 0 && counted.missed > trips) break;
    }
  } finally {
    await running.stop();
  }
  if (counted.latencies_ms.length === 0) return { name, missing: `failed: none of ${counted.missed} trips opened an output`, failed: true };
  const stalled = situation.stalled ? `up to ${mostWaiting} entries waited in memory for the disk` : undefined;
  const missed = counted.missed === 0 ? undefined : `${counted.missed} MORE OPENED NOTHING`;
  const note = [stalled, missed, setting.lines.onMemory ? undefined : "output files on disk: no tmpfs here"].filter((text) => text !== undefined).join("; ");
  const n = `${counted.latencies_ms.length} trips`;
  return { name, values: spread(counted.latencies_ms), unit: "ms", bar: { of: "p99", most: BAR_ms }, n, ...(note === "" ? {} : { note }) };
}

async function start(station: Station, { lines, room }: Setting, counted: Trips) {
  const store = station.spool && openStore({ station, clock: systemClock });
  const memory = await store?.opened;
  const clock: Clock = hurriedClock(HURRY);
  const origin_s = systemClock.monotonic_s();
  const { outputs } = await openOutputs(station, { gpio: lines, simulated: lines }, 0);
  const log = openLog();
  const arm = () => outputs.arm({ at_s: agent.now_s, actor: "bench", because: "bench", standing: [] }).refused;

  /** True times of samples over the limit whose trip has not been seen yet, by channel. */
  const over_s = new Map<string, number>();
  /** Told behind the writes: the last of them is the one that counts. */
  const opened = (channel: string) => {
    const latency_ms = (lines.openedAt_s - (over_s.get(channel) ?? Number.NaN)) * 1000;
    over_s.delete(channel);
    if (!(latency_ms >= 0)) counted.missed++;
    else if (counted.counts) counted.latencies_ms.push(latency_ms);
    setImmediate(arm);
  };

  const plan: BusPlan = {
    bus: "talker",
    wire: { kind: "i2c", device: 0 },
    deadline_s: 2,
    simulated: true,
    faults: [],
    sensors: station.channels.map(sensorOf),
  };
  const bus = new BusProcess({ plan, entry: new URL("./talker.ts", import.meta.url), clock: systemClock, origin_s });
  const source: Source = {
    counters: () => bus.counters(),
    stop: () => bus.stop(),
    start: (listener) =>
      bus.start({
        time: listener.time,
        restarted: listener.restarted,
        ended: listener.ended,
        readings(readings) {
          for (const { channel, at_s, raw = 0 } of readings) {
            const { id, quantity } = station.channels[channel] ?? {};
            if (id === undefined || quantity !== "pressure" || raw <= LIMIT_kPa) continue;
            if (over_s.has(id)) counted.missed++;
            over_s.set(id, at_s + origin_s);
          }
          listener.readings(readings.map((reading) => ({ ...reading, at_s: reading.at_s * HURRY })));
        },
      }),
  };
  const agent = new Agent({
    station,
    sources: [source],
    outputs,
    store,
    stamper: new Stamper({ clock: systemClock, at_s: 0, speed: HURRY, ...(memory && { lastStamp_ns: memory.lastStamp_ns }) }),
    clock,
    origin_s: origin_s * HURRY,
    start_s: 0,
    recorded: false,
    told(entries) {
      for (const entry of entries) if (entry.type === "alarm" && entry.alarm.active && entry.alarm.alarm === "over-pressure") opened(entry.alarm.scope.id);
      logEntries(log, entries);
    },
    ended: () => {},
  });
  const refused = arm();
  if (refused !== undefined) throw refused;
  agent.start();
  let over: Promise<unknown> | undefined;
  const stop = (): Promise<unknown> => {
    over ??= (async () => {
      agent.stop();
      outputs.close(agent.now_s);
      await store?.close(5);
      await turnOfTheLoop();
    })();
    return over;
  };
  room.after(stop);
  return { stop, uncommitted: () => store?.status().uncommitted ?? 0 };
}

const sensorOf = ({ quantity }: Station["channels"][number], channel: number): SensorPlan => ({
  driver: "talker",
  address: 0,
  period_s: 1 / rate_Hz,
  channels: [{ channel, name: quantity, output: quantity, keys: {} }],
  options: quantity === "pressure" ? { usual: 101.3, noise: 0.2, over: 2 * LIMIT_kPa } : { usual: quantity === "co2" ? 600 : 25, noise: 0.5 },
});
