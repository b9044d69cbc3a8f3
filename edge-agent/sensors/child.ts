/**
 * A bus process: reads all chips of one bus and tells the agent. It holds no state worth saving: the agent may kill it at any moment.
 * It ends itself when the agent is gone. Its imports stay few: every bus costs one such process.
 */
import { flushCompileCache } from "node:module";
import { type Guard, guard } from "../bus/deadline.ts";
import { BEATS_PER_DEADLINE, type BusMessage, type BusPlan } from "../bus/messages.ts";
import type { WireKind, WireSettings, Wires } from "../bus/wire.ts";
import { systemClock as clock } from "../core/clock.ts";
import { isFault } from "../core/faults.ts";
import { catalogue } from "./catalogue.ts";
import { keepRounds } from "./rounds.ts";
import { wires } from "./wires.ts";

const agent = process.ppid;

/** By signal, since an ordinary exit waits for a transfer that a worker thread of the addon still has. */
const end = (): void => void process.kill(process.pid, "SIGKILL");

/** Blocks this thread like a wedged synchronous call. Only that the agent is alive keeps it there: a simulated fault must not outlive its test. */
function hang(): void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  while (process.ppid === agent) Atomics.wait(never, 0, 0, 1000);
  end();
}

let unsent = 0;
function tell(message: BusMessage, then: () => void = () => {}): void {
  unsent++;
  process.send?.(message, undefined, undefined, () => {
    unsent--;
    then();
  });
}

/** Heartbeats; one at a time, so that they do not pile up while the agent is busy. */
async function stayAlive(every_s: number): Promise<never> {
  for (;;) {
    if (unsent === 0) tell({ kind: "alive" });
    await clock.sleep(every_s);
  }
}

async function openWire<Kind extends WireKind>(kind: Kind, plan: BusPlan, guard: Guard): Promise<Wires[Kind]> {
  const wire = plan.simulated
    ? (await import("./simulated.ts")).simulatedWire(kind, plan, clock, hang)
    : await wires[kind].open(plan.wire as WireSettings[Kind]);
  return wires[kind].guarded(wire, guard);
}

async function run(plan: BusPlan): Promise<never> {
  const bus = await openWire(
    plan.wire.kind,
    plan,
    guard(plan.deadline_s, clock, (what) => tell({ kind: "overdue", what })),
  );
  flushCompileCache(); // where the agent has one: its processes end by signal, which would write nothing
  void stayAlive(plan.deadline_s / BEATS_PER_DEADLINE);
  const context = { bus, clock, busName: plan.bus, emit: (readings: (BusMessage & { kind: "readings" })["readings"]) => tell({ kind: "readings", readings }) };
  const { signal } = new AbortController();
  return Promise.race(
    plan.sensors.map((sensor) => {
      const entry = catalogue[sensor.driver];
      if (entry === undefined) throw new TypeError(`no driver ${sensor.driver}`);
      return keepRounds(entry, sensor, context, signal);
    }),
  );
}

process.on("disconnect", end);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {}); // sent to the whole group; the agent decides when a bus ends
process.once("message", (plan: BusPlan) => {
  run(plan).catch((error: unknown) => {
    if (isFault(error)) tell({ kind: "unusable", why: error.message }, end);
    else throw error;
  });
});
