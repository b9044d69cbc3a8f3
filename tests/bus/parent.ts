/** An agent of nothing but buses: tells the pids of its bus processes, then waits to be killed. */
import { parseScriptedFault } from "../../edge-agent/bus/scripted-fault.ts";
import { systemClock as clock } from "../../edge-agent/core/clock.ts";
import { openBuses } from "../../edge-agent/sensors/open.ts";
import { chip, stationOf } from "../sensors/station.ts";
import { watch } from "./watch.ts";

const station = stationOf([chip("a", "temperature", "mcp9601", "i2c-1", 0x67), chip("b", "temperature", "mcp9601", "i2c-2", 0x67)]);
const faults = process.argv.slice(2).map(parseScriptedFault);
const buses = openBuses(station, { simulated: true, faults, clock, origin_s: clock.monotonic_s() });
await Promise.all(buses.map((bus) => watch(bus).until("a reading", ({ all }) => all.length > 0)));
process.send?.(buses.map(({ pid }) => pid));
if (faults.length > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000); // so that it cannot end a bus that hangs
