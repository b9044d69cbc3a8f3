/** From a station to a running agent and back down again: what is opened here is closed here, in two seconds whatever hangs. */

import type { ScriptedFault } from "../bus/scripted-fault.ts";
import type { Source } from "../bus/source.ts";
import { derivedOf } from "../contracts/derived.ts";
import type { Channel, Station } from "../contracts/station.ts";
import type { Clock } from "../core/clock.ts";
import type { Entry } from "../core/entry.ts";
import { exitCode, Fault, isFault } from "../core/faults.ts";
import { openFeeds } from "../feeds/open.ts";
import { openContacts } from "../inputs/open.ts";
import { gpioLines } from "../outputs/gpio.ts";
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
import { steppedClock } from "./stepped-clock.ts";

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
const LAST_RESORT_ms = 1900;
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
  const { clock, recording } = order;
  const station = readable(order, log);
  const recorded = station.channels.every((channel) => channel.source.driver === "replay" || derivedOf(channel) !== undefined);
  const columns = recorded ? replayColumns(station.channels) : [];
  const playback = recorded ? await Playback.open({ ...recording, columns }, (error) => ending.resolve({ error }), ending.signal) : undefined;
  const start_s = playback?.first_s ?? 0;
  // relays come before all that can hang: they are open by then
  const simulateOutputs = order.simulated || recorded;
  const { outputs, events } = await openOutputs(station, { gpio: simulateOutputs ? simulatedLines : gpioLines(), simulated: simulatedLines }, start_s);
  let agent: Agent | undefined;
  // whatever breaks in here, the relays open first
  process.on("uncaughtException", (error) => {
    const closed = outputs.close(agent?.now_s ?? start_s);
    agent?.happened(closed);
    ending.resolve({ error });
  });
  const store = station.spool === undefined ? undefined : openStore({ station, clock });
  try {
    const memory = store === undefined ? undefined : await opened(store, clock, log, ending.signal);
    if (store === undefined) log.warn("the station file has no spool: nothing is stored and nothing is sent, and no command can be given");
    const origin_s = clock.monotonic_s();
    const wall = steppedClock(clock, order.faults, origin_s);
    const stamper = new Stamper({
      clock: wall,
      at_s: start_s,
      ...(memory !== undefined && { lastStamp_ns: memory.lastStamp_ns }),
      ...(recorded && { speed: recording.speed }),
    });
    const live = { simulated: order.simulated, faults: order.faults, clock, origin_s };
    const sources: readonly Source[] = playback ? [playback] : [...openBuses(station, live), ...openFeeds(station, live), ...openContacts(station, live)];
    const told = (entries: readonly Entry[]) => logEntries(log, entries);
    const ended = () => ending.resolve({ why: "the recording ended" });
    agent = new Agent({ station, sources, outputs, store, stamper, clock: wall, origin_s, start_s, recorded, told, ended });
    agent.start();
    // its socket lies on the spool's disk: without that disk it is not touched
    const spoolDirectory = station.spool?.directory;
    const commands =
      store && memory && spoolDirectory !== undefined ? await openCommands({ station, agent, outputs, store, spoolDirectory, clock }) : undefined;
    const started = `agent ${station.site}/${station.station} started, boot ${memory?.boot ?? "unknown"}; outputs are open until armed`;
    agent.happened([{ at_s: agent.now_s, event: "agent-start", text: started }, ...events]);

    const { error, why } = await ending.promise;
    if (recorded && error === undefined) await drained(store, clock, ending.signal);
    agent.stop();
    const closed = outputs.close(agent.now_s);
    agent.happened(closed);
    const permits = closed.some(({ event }) => event === "output-fault") ? "a permit output did not open: cut its supply by hand" : "permit outputs are open";
    agent.event({ event: "agent-stop", text: `agent stops: ${error === undefined ? why : oneLine(error)}; ${permits}` });
    if (!(await committed(store, log))) endNow();
    await commands?.close();
    if (error !== undefined) throw error;
    return exitCode.fine;
  } catch (error) {
    outputs.close(agent?.now_s ?? start_s);
    agent?.stop();
    playback?.stop();
    if (store !== undefined && !(await store.close(COMMIT_LIMIT_s)) && !(await wasRefused(store, clock))) {
      log.error(oneLine(error));
      endNow();
    }
    throw error;
  }
}

/** Node waits for its threads when it exits, and a thread inside a disk call that never returns cannot be ended but with the process. */
function endNow(): never {
  process.kill(process.pid, "SIGKILL");
  throw new Error("unreachable");
}

/** A spool that was refused has nothing to commit; one that is open, or still opening, may have a thread in a disk call. */
const wasRefused = (store: Store, clock: Clock): Promise<boolean> =>
  Promise.race([
    store.opened.then(
      () => false,
      () => true,
    ),
    clock.sleep(0).then(() => false),
  ]);

const oneLine = (error: unknown): string => (isFault(error) ? error.toString() : `a bug: ${error instanceof Error ? error.message : String(error)}`);

/**
 * The station with the channels that this run can read. A station runs on one clock, so recordings do not mix with chips, topics and files
 * that are live; simulated, what is recorded is left out, so that any station file runs on any machine.
 */
function readable({ station, simulated }: RunOrder, log: Logger): Station {
  const byId = new Map(station.channels.map((channel) => [channel.id, channel]));
  const isRecorded = (channel: Channel): boolean => {
    const inputs = derivedOf(channel)?.of.flatMap((id) => byId.get(id) ?? []);
    return inputs === undefined ? channel.source.driver === "replay" : inputs.some(isRecorded);
  };
  const measured = station.channels.filter((channel) => derivedOf(channel) === undefined);
  const recorded = measured.find(isRecorded);
  const live = measured.find((channel) => !isRecorded(channel));
  if (recorded === undefined || live === undefined) return station;
  if (simulated) {
    const left = station.channels.filter(isRecorded).map(({ id }) => id);
    log.warn(`recorded, not simulated, and left out: ${left.join(", ")}`);
    return { ...station, channels: station.channels.filter((channel) => !isRecorded(channel)) };
  }
  throw new Fault(
    "config/invalid",
    `channel ${recorded.id} reads a recording and ${live.id} a live device; a station runs on one clock: keep one kind, or try it with --simulated`,
  );
}

interface Ending {
  readonly error?: unknown;
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
      resolve({ why: signal });
      // a pending write to a full disk or a hung reader would keep a stopped agent alive; the relays are open long before
      setTimeout(() => process.kill(process.pid, "SIGKILL"), LAST_RESORT_ms).unref();
      log.info(`${signal}: stopping`);
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

/** False when the disk did not take the last samples in time. */
async function committed(store: Store | undefined, log: Logger): Promise<boolean> {
  if (store === undefined) return true;
  const waiting = Math.max(0, ...store.status().sinks.map((sink) => sink.backlog));
  const complete = await store.close(COMMIT_LIMIT_s);
  if (!complete) log.error("the disk did not take the last samples in time: up to one commit interval is lost");
  else if (waiting > 0) log.info(`${waiting} entries wait in the spool and go out with the next start`);
  return complete;
}
