/** One instrument, or the clock, goes wrong beside a healthy cell. */
import type { ClockFault } from "../clock-faults.ts";
import type { Instrument } from "../instruments.ts";
import type { Random } from "../random.ts";
import type { SensorFault } from "../sensor-faults.ts";
import { drawBench } from "./bench.ts";
import { type Ailment, scene } from "./compose.ts";
import { everyday } from "./everyday.ts";

/** Typical size of a reading, by quantity, in the channel's unit: faults are scaled by it. Engineering choice. */
const sizes: Readonly<Record<string, number>> = {
  temperature: 20,
  pressure: 5,
  co2: 400,
  co2_apparent: 20_000,
  h2: 50,
  hf: 2,
  co: 50,
  voc: 20,
  voc_signal: 2000,
  voltage: 0.5,
};
/** What an instrument says when its wires float or its bus reads ones. */
const ones: Readonly<Record<string, number>> = { temperature: 2047.9375, pressure: 1677.7, voc_signal: 65_535, voltage: 6.144 };

const gases = ["co2", "co2_apparent", "h2", "hf", "co", "voc"];
type Kind = SensorFault["kind"];
const anywhere: readonly Kind[] = ["stuck", "bias", "drift", "spike", "saturation", "dropout", "all-zero", "all-one", "sign", "decimals", "slow-response"];

function kindsFor({ quantity, place }: Instrument["channel"]): readonly Kind[] {
  if (quantity === "temperature") return place === "chamber" ? [...anywhere, "open-circuit"] : [...anywhere, "open-circuit", "falls-off"];
  if (quantity === "co2") return [...anywhere, "asc-theft", "warm-up"];
  return gases.includes(quantity) ? [...anywhere, "warm-up", "poisoning"] : anywhere;
}

function faultOf(kind: Kind, { spec, channel }: Instrument, span: { readonly from_s: number; readonly until_s: number }, random: Random): SensorFault {
  const size = (sizes[channel.quantity] ?? 1) * random.logNormal(1, 0.5);
  const floating = ones[channel.quantity] ?? 65_535;
  switch (kind) {
    case "bias":
      return { kind, ...span, by: random.choice([-1, 1]) * size };
    case "drift":
      return { kind, ...span, per_h: (random.choice([-1, 1]) * size) / 2 };
    case "spike":
      return { kind, ...span, by: 3 * size, share: random.logUniform(0.001, 0.05) };
    case "warm-up":
      return { kind, from_s: 0, by: 2 * size, lasts_s: random.uniform(300, 3600) };
    case "asc-theft":
      return { kind, ...span, fresh: 400, period_s: random.uniform(1800, 3600) };
    case "poisoning":
      return { kind, from_s: span.from_s, over: Number.NEGATIVE_INFINITY, hold_s: 600, keeps: random.uniform(0.1, 0.5) };
    case "slow-response":
      return { kind, ...span, factor: random.uniform(3, 20) };
    case "falls-off":
      return { kind, ...span, contact: random.uniform(0.02, 0.4) };
    case "saturation":
      return { kind, ...span, at: Number.isFinite(spec.most) ? spec.most : 10 * size };
    case "dropout":
      return { kind, ...span, share: random.choice([0.05, 0.3, 1]) };
    case "all-zero":
      return { kind, ...span, reads: 0 };
    case "all-one":
    case "open-circuit":
      return { kind, ...span, reads: floating };
    case "decimals":
      return { kind, ...span, factor: random.choice([0.1, 10, 100]) };
    default:
      return { kind, ...span };
  }
}

function ailingClock(from_s: number, until_s: number, random: Random): ClockFault {
  const kind = random.choice(["jump", "out-of-order", "repeated"] as const);
  return kind === "jump" ? { kind, from_s, until_s, by_s: random.choice([-3600, -30, 30, 3600]) } : { kind, from_s, until_s, share: random.uniform(0.02, 0.3) };
}

function ailment(instruments: readonly Instrument[], duration_s: number, random: Random): Ailment {
  const from_s = random.uniform(0.2, 0.6) * duration_s;
  const until_s = from_s + random.logUniform(120, 0.5 * duration_s);
  if (random.chance(0.15)) {
    const clock = [ailingClock(from_s, until_s, random)];
    return { faults: {}, clock, notes: `clock: ${clock[0]?.kind} from ${from_s.toFixed(0)} s` };
  }
  const one = random.choice(instruments);
  const kind = random.choice(kindsFor(one.channel));
  const fault = faultOf(kind, one, { from_s, until_s }, random);
  return { faults: { [one.spec.column]: [fault] }, clock: [], notes: `${one.spec.column}: ${kind} from ${fault.from_s.toFixed(0)} s` };
}

export const instrumentFault = scene("instrument-fault", true, "an instrument or the clock goes wrong", (random) => {
  const bench = drawBench(random.branch("bench"), { aged: true, soc: 0.6 });
  const usual = everyday(random.branch("everyday"), bench);
  return { ...usual, bench, ailing: (instruments, chance) => ailment(instruments, usual.duration_s, chance) };
});
