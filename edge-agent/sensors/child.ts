/**
 * A bus process: reads all chips of one bus and tells the agent.
 * Its imports stay few: every bus costs one such process.
 */
import { type Guard, guard } from "../bus/deadline.ts";
import type { BusPlan } from "../bus/messages.ts";
import { end, serve, stayAlive, tell } from "../bus/reader.ts";
import type { WireKind, WireSettings, Wires } from "../bus/wire.ts";
import { systemClock as clock } from "../core/clock.ts";
import type { Reading } from "../core/sample.ts";
import { driverNamed } from "./driver-named.ts";
import { keepRounds } from "./rounds.ts";
import { wires } from "./wires.ts";

const agent = process.ppid;

/** Blocks this thread like a wedged synchronous call. Only that the agent is alive keeps it there: a simulated fault must not outlive its test. */
function hang(): void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  while (process.ppid === agent) Atomics.wait(never, 0, 0, 1000);
  end();
}

async function openWire<Kind extends WireKind>(kind: Kind, plan: BusPlan, guard: Guard): Promise<Wires[Kind]> {
  const wire = plan.simulated
    ? (await import("./simulated.ts")).simulatedWire(kind, plan, clock, hang)
    : await wires[kind].open(plan.wire as WireSettings[Kind]);
  return wires[kind].guarded(wire, guard);
}

serve(async (plan: BusPlan): Promise<never> => {
  const bus = await openWire(
    plan.wire.kind,
    plan,
    guard(plan.deadline_s, clock, (what) => tell({ kind: "overdue", what })),
  );
  void stayAlive(plan);
  const context = { bus, clock, busName: plan.bus, emit: (readings: readonly Reading[]) => tell({ kind: "readings", readings }) };
  const { signal } = new AbortController();
  return Promise.race(plan.sensors.map(async (sensor) => keepRounds(await driverNamed(sensor.driver), sensor, context, signal)));
});
