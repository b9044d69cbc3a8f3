/** From a station to a running agent and back down again: what is opened here is closed here, in two seconds whatever hangs. */

import type { ScriptedFault } from "../bus/scripted-fault.ts";
import type { Source } from "../bus/source.ts";
import type { Station } from "../contracts/station.ts";
import type { Clock } from "../core/clock.ts";
import { exitCode, Fault } from "../core/faults.ts";
import { gpioLines } from "../outputs/gpio-onoff.ts";
import { openOutputs } from "../outputs/outputs.ts";
import { simulatedLines } from "../outputs/simulated.ts";
import { Stamper } from "../pipeline/stamper.ts";
import { replayColumns } from "../recording/columns.ts";
import { Playback } from "../recording/playback.ts";
import { openBuses } from "../sensors/open.ts";
import { openStore } from "../spool/open.ts";
import type { Store } from "../spool/store.ts";
import { Agent } from "./agent.ts";
import { openCommands } from "./commands.ts";
import { type Logger, logEntries, openLog } from "./log.ts";

export interface RunOrder {
  readonly station: Station;
  readonly simulated: boolean;
  readonly faults: readonly ScriptedFault[];
  /** Used when the station's channels read a recording. */
  readonly recording: { readonly path: string; readonly speed: number; readonly from_s: number; readonly until_s: number };
  readonly clock: Clock;
}

/** A disk that has not answered by then is not waited for: the agent decides without it. */
const OPEN_LIMIT_s = 5;
/** Together under the two seconds that Ctrl-C may take. */
const COMMIT_LIMIT_s = 1.2;
/** After a recording's end the sinks get this long to take what they can; the rest waits in the spool. */
const DRAIN_LIMIT_s = 10;

export async function runAgent(order: RunOrder): Promise<number> {
  const log = openLog();
  const ending = endings(log);
  try {
    return await run(order, log, ending);
  } catch (error) {
    if (error === ending.signal.reason) return exitCode.fine; // stopped before it had begun
    throw error;
  }
}

async function run(order: RunOrder, log: Logger, ending: Endings): Promise<number> {
  const { station, clock, recording } = order;
  const recorded = isRecorded(station);
  const columns = recorded ? replayColumns(station.channels) : [];
  const playback = recorded ? await Playback.open({ ...recording, columns }, (fault) => ending.resolve({ fault }), ending.signal) : undefined;
  const start_s = playback?.first_s ?? 0;
  // relays come before all that can hang: they are open by then
  const simulateOutputs = order.simulated || recorded;
  const { outputs, events } = await openOutputs(station, { gpio: simulateOutputs ? simulatedLines : gpioLines(), simulated: simulatedLines }, start_s);
  const store = station.spool === undefined ? undefined : openStore({ station, clock });
  try {
    const memory = store === undefined ? undefined : await opened(store, clock, log, ending.signal);
    if (store === undefined) log.warn("the station file has no spool: nothing is stored and nothing is sent");
    const origin_s = clock.monotonic_s();
    const stamper = new Stamper({
      clock,
      at_s: start_s,
      ...(memory !== undefined && { lastStamp_ns: memory.lastStamp_ns }),
      ...(recorded && { speed: recording.speed }),
    });
    const sources: readonly Source[] = playback ? [playback] : openBuses(station, { simulated: order.simulated, faults: order.faults, clock, origin_s });
    const agent = new Agent({
      station,
      sources,
      outputs,
      store,
      stamper,
      clock,
      origin_s,
      start_s,
      recorded,
      told: (entries) => logEntries(log, entries),
      ended: () => ending.resolve({ why: "the recording ended" }),
    });
    const commands = store && station.spool && (await openCommands({ station, agent, outputs, store, spoolDirectory: station.spool.directory, clock }));
    agent.event({
      event: "agent-start",
      text: `agent ${station.site}/${station.station} started, boot ${memory?.boot ?? "unknown"}; outputs are open until armed`,
    });
    for (const event of events) agent.event(event);
    agent.start();

    const { fault, why } = await ending.promise;
    if (recorded && fault === undefined) await drained(store, clock, ending.signal);
    agent.stop();
    outputs.close();
    agent.event({ event: "agent-stop", text: `agent stops: ${fault?.toString() ?? why}; permit outputs are open` });
    await commands?.close();
    await committed(store, log);
    if (fault !== undefined) throw fault;
    return exitCode.fine;
  } catch (error) {
    outputs.close();
    playback?.stop();
    await store?.close(COMMIT_LIMIT_s);
    throw error;
  }
}

function isRecorded(station: Station): boolean {
  const recorded = station.channels.filter(({ source }) => source.driver === "replay");
  if (recorded.length > 0 && recorded.length < station.channels.length) {
    const live = station.channels.find(({ source }) => source.driver !== "replay");
    throw new Fault("config/invalid", `channel ${recorded[0]?.id} reads a recording and ${live?.id} a live device; a station runs on one clock: keep one kind`);
  }
  return recorded.length > 0;
}

interface Ending {
  readonly fault?: Fault;
  readonly why?: string;
}

interface Endings {
  readonly promise: Promise<Ending>;
  resolve(ending: Ending): void;
  /** Aborted by a person's signal: nothing is waited for any more. */
  readonly signal: AbortSignal;
}

/** Signals, and whatever else ends the run. A second signal ends it at once. */
function endings(log: Logger): Endings {
  const { promise, resolve } = Promise.withResolvers<Ending>();
  const hurry = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (hurry.signal.aborted) process.exit(exitCode.fault);
      hurry.abort();
      log.info(`${signal}: stopping`);
      resolve({ why: signal });
    });
  }
  return { promise, resolve, signal: hurry.signal };
}

/** Undefined when the disk is late. Rejects with the signal's reason, and with the Fault of a spool that cannot be used. */
async function opened(store: Store, clock: Clock, log: Logger, stop: AbortSignal): Promise<{ boot: number; lastStamp_ns: bigint } | undefined> {
  const answered = new AbortController(); // a timer left behind would keep a stopped agent alive
  const late = clock.sleep(OPEN_LIMIT_s, AbortSignal.any([answered.signal, stop]));
  late.catch(() => {}); // whoever awaits still sees it
  try {
    const memory = await Promise.race([store.opened, late]);
    if (memory === undefined) log.error(`the spool's disk has not answered for ${OPEN_LIMIT_s} s: deciding without it`);
    return memory ?? undefined;
  } finally {
    answered.abort();
  }
}

/** The worker tells its backlog at least once a second: only what holds for longer is known. */
const KNOWN_AFTER_s = 1.2;

async function drained(store: Store | undefined, clock: Clock, stop: AbortSignal): Promise<void> {
  if (store === undefined) return;
  const limit_s = clock.monotonic_s() + DRAIN_LIMIT_s;
  const idle = () => store.status().uncommitted === 0 && store.status().sinks.every((sink) => sink.backlog === 0 || sink.state === "waiting");
  for (let busy_s = clock.monotonic_s(); !stop.aborted && clock.monotonic_s() < Math.min(limit_s, busy_s + KNOWN_AFTER_s); ) {
    if (!idle()) busy_s = clock.monotonic_s();
    await clock.sleep(0.05);
  }
}

async function committed(store: Store | undefined, log: Logger): Promise<void> {
  if (store === undefined) return;
  const waiting = Math.max(0, ...store.status().sinks.map((sink) => sink.backlog));
  if (!(await store.close(COMMIT_LIMIT_s))) log.error(`the disk did not take the last ${store.status().uncommitted} entries in time: they are lost`);
  else if (waiting > 0) log.info(`${waiting} entries wait in the spool and go out with the next start`);
}
