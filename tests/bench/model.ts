/** What the model alone costs: sixteen cells with everything that it can hear, at 10 Hz, calm and heating; and whether its memory grows. */
import { performance } from "node:perf_hooks";
import type { StationInput } from "../../edge-agent/contracts/station.ts";
import type { QuantityName } from "../../edge-agent/core/quantities.ts";
import type { Sample } from "../../edge-agent/core/sample.ts";
import { earlyWarning } from "../../models/early-warning.ts";
import { station } from "../support/station.ts";
import type { Bench } from "./part.ts";
import type { Figure } from "./table.ts";

const CELLS = Array.from({ length: 16 }, (_, i) => `C${String(i + 1).padStart(2, "0")}`);
const STEP_s = 0.1;
/** Of the bench: the first tenth compiles the code. */
const MINUTES = 60;
const LEAST_per_s = 15_000;

const units: Partial<Record<QuantityName, string>> = {
  temperature: "degC",
  voltage: "V",
  current: "A",
  thickness: "mm",
  co2: "ppm",
  h2: "ppm",
  pressure: "kPa",
};

type Channel = StationInput["channels"][number];
const channel = (id: string, quantity: QuantityName, at: Channel["at"], place?: Channel["place"]): Channel => ({
  id,
  quantity,
  at,
  ...(place && { place }),
  every: `${STEP_s} s`,
  source: { driver: "replay", column: id, unit: units[quantity] ?? "" },
});

const everything = station({
  cells: CELLS.map((id) => ({ id, pack: "P", capacity: "5 Ah", mass: "82 g", max_temperature: "60 degC" })),
  packs: [{ id: "P", gas_space: { free_volume: "120 L", ventilation: "1 /h" } }],
  channels: [
    ...CELLS.flatMap((cell) => [
      channel(`${cell}.surface`, "temperature", { cell }),
      channel(`${cell}.tab`, "temperature", { cell }, "tab"),
      channel(`${cell}.voltage`, "voltage", { cell }),
      channel(`${cell}.current`, "current", { cell }),
      channel(`${cell}.thickness`, "thickness", { cell }),
    ]),
    channel("chamber", "temperature", { station: true }, "chamber"),
    channel("co2", "co2", { pack: "P" }),
    channel("h2", "h2", { pack: "P" }),
    channel("pressure", "pressure", { pack: "P" }),
  ],
});

export async function model({ progress }: Bench): Promise<Figure[]> {
  progress("sixteen calm cells, an hour at 10 Hz");
  const calm = measure(() => 85);
  progress("sixteen cells that heat themselves, an hour at 10 Hz");
  const heating = measure((at_s) => 85 + 60 * (at_s / 3600) ** 3);
  const n = `${calm.samples} samples each`;
  return [
    { name: "model alone, 16 cells with everything, calm", values: { samples: calm.per_s }, unit: "samples/s", bar: { of: "samples", least: LEAST_per_s }, n },
    { name: "the same, all cells heating themselves", values: { samples: heating.per_s }, unit: "samples/s", bar: { of: "samples", least: LEAST_per_s }, n },
    { name: "a sample in the model", values: { calm: calm.ns, heating: heating.ns }, unit: "ns", n },
    { name: "allocated for a sample", values: { calm: calm.Bytes, heating: heating.Bytes }, unit: "bytes", n },
    { name: "the model's state as JSON", values: { "after 6 min": calm.early_kB, "after an hour": calm.late_kB }, unit: "kB" },
  ];
}

/** `warm_degC`: of chamber and cells, by time. */
function measure(warm_degC: (at_s: number) => number) {
  const stage = earlyWarning(everything);
  let state = stage.start();
  let [samples, busy_ms, allocated, counted, early_kB] = [0, 0, 0, 0, 0];
  const steps = (MINUTES * 60) / STEP_s;
  for (let i = 0; i < steps; i++) {
    const at_s = i * STEP_s;
    const moment = { at_s, samples: momentAt(at_s, warm_degC(at_s)) };
    const before = process.memoryUsage().heapUsed;
    const from_ms = performance.now();
    [state] = stage.step(state, moment);
    const took_ms = performance.now() - from_ms;
    const more = process.memoryUsage().heapUsed - before;
    if (i < steps / 10) continue;
    if (i === steps / 10) early_kB = JSON.stringify(state).length / 1000;
    samples += moment.samples.length;
    busy_ms += took_ms;
    if (more < 0) continue; // a collection fell into it
    allocated += more;
    counted += moment.samples.length;
  }
  return {
    samples,
    per_s: (1000 * samples) / busy_ms,
    ns: (1e6 * busy_ms) / samples,
    Bytes: allocated / counted,
    early_kB,
    late_kB: JSON.stringify(state).length / 1000,
  };
}

function momentAt(at_s: number, warm_degC: number): Sample[] {
  const wobble = (i: number) => 0.05 * Math.sin(at_s * 7.3 + i * 1.7) + 0.03 * Math.sin(at_s * 31.1 + i);
  const values: Partial<Record<QuantityName, number>> = { temperature: warm_degC, voltage: 4.2, current: 0, thickness: 0.01, co2: 450, h2: 2, pressure: 101.3 };
  return everything.channels.map(({ id, quantity, place }, i) => ({
    channel: id,
    at_s,
    stamp_ns: 0n,
    value: (place === "chamber" ? 85 : (values[quantity] ?? 0)) + wobble(i),
    bound: 0,
    quality: "good",
    reason: "none",
  }));
}
