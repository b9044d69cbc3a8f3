/** Runs on the slab: what is done to it, what its station measures, and what truly happened. */
import { type Draws, drawsOf } from "./draws.ts";
import { prefactor_per_s, type Reaction, Slab, type SlabCell } from "./slab.ts";

export const slabKinds = [
  "oven-ramp",
  "hot-soak",
  "heater-pad",
  "heat-wait-seek",
  "near-miss",
  "storage",
  "cycling",
  "chamber-ramp",
  "fan-failure",
  "fallen",
  "door",
] as const;
export type SlabKind = (typeof slabKinds)[number];

/** One moment of a run; undefined where nothing was measured. */
export interface SlabRow {
  readonly at_s: number;
  readonly surface_degC: number;
  readonly back_degC: number;
  readonly chamber_degC: number;
  readonly current_A: number;
  readonly net_K_per_min: number;
}

export interface SlabTruth {
  /** When the net rate first stays above 0.2, 0.5 and 1 K/min for a minute. */
  readonly heating_s: readonly [number | null, number | null, number | null];
  readonly runaway_s: number | null;
}

export interface SlabRun {
  readonly kind: SlabKind;
  readonly seed: number;
  readonly every_s: number;
  readonly capacity_Ah: number;
  readonly mass_g: number;
  rows(): Generator<SlabRow>;
  /** Complete once the rows are. */
  truth(): SlabTruth;
}

export function slabRun(kind: SlabKind, seed: number, hours?: number): SlabRun {
  const d = drawsOf(seed * 7919 + slabKinds.indexOf(kind));
  const every_s = d.of([1, 1, 2, 5]);
  const cell = drawCell(d);
  const capacity_Ah = d.between(1, 20);
  const mass_g = 16 * capacity_Ah * d.between(0.9, 1.1);
  const probe = drawProbes(d);
  const program = drawProgram(kind, d, capacity_Ah, hours);
  const crossed: [number | null, number | null, number | null] = [null, null, null];
  let runaway_s: number | null = null;

  function* rows(): Generator<SlabRow> {
    const start_degC = program.setPoint_degC(0);
    const slab = new Slab(cell, start_degC);
    let [air, wall, seen, seenBack, seenAir] = [start_degC, start_degC, start_degC, start_degC, start_degC];
    const wander = [0, 0, 0];
    const above_s = [0, 0, 0];
    let fast_s = 0;
    for (let at_s = 0; at_s < program.end_s; at_s += every_s) {
      const fallen = kind === "fallen" && at_s > program.event_s;
      for (let sub = 0; sub < every_s; sub++) {
        const t = at_s + sub;
        const hunt = probe.hunt_K * Math.sin((2 * Math.PI * t) / probe.hunt_s);
        air += (program.setPoint_degC(t) + hunt - air) / probe.oven_s;
        if (program.doorOpen(t)) air += (22 - air) / 40;
        wall += (air - wall) / 600;
        const fan = kind === "fan-failure" && t > program.event_s ? 0.35 : 1;
        const before = slab.front_degC;
        const current_A = program.current_A(t);
        const soft = 1 + 0.5 * Math.sin(t / 1700); // resistance changes with charge
        const joule_K_per_s = (current_A / capacity_Ah) ** 2 * program.joule_K_per_s * soft + (current_A / capacity_Ah) * program.entropic_K_per_s;
        slab.step({ air_degC: air, wall_degC: wall, fan, heater_W_per_m2: program.heater_W_per_m2(t, slab.back_degC), joule_K_per_s }, 1);
        const near = fallen ? air : probe.contact * slab.front_degC + (1 - probe.contact) * air;
        seen += (near - seen) / probe.tau_s;
        seenBack += (0.96 * slab.back_degC + 0.04 * air - seenBack) / probe.tau_s;
        seenAir += (air - seenAir) / probe.airTau_s;
        fast_s = slab.front_degC - before >= 1 && slab.net_K_per_s > 0.5 ? fast_s + 1 : 0;
        if (fast_s >= 3) runaway_s ??= t;
        for (const [i, level] of [0.2, 0.5, 1].entries()) {
          above_s[i] = 60 * slab.net_K_per_s < level ? 0 : (above_s[i] ?? 0) + 1;
          if (above_s[i] === 60) crossed[i] ??= t - 60;
        }
        for (let i = 0; i < 3; i++) wander[i] = 0.995 * (wander[i] ?? 0) + probe.wander_K * Math.sqrt(1 - 0.995 ** 2) * d.normal();
      }
      const show = (value: number, i: number): number => {
        const noisy = value + (probe.offset_K[i] ?? 0) + (wander[i] ?? 0) + probe.noise_K * d.normal();
        return Math.round(noisy / probe.step_K) * probe.step_K;
      };
      yield {
        at_s,
        surface_degC: show(seen, 0),
        back_degC: show(seenBack, 1),
        chamber_degC: show(seenAir, 2),
        current_A: program.current_A(at_s),
        net_K_per_min: 60 * slab.net_K_per_s,
      };
      if (runaway_s !== null && at_s > runaway_s + 30) return;
    }
  }
  return { kind, seed, every_s, capacity_Ah, mass_g, rows, truth: () => ({ heating_s: crossed, runaway_s }) };
}

function drawCell(d: Draws): SlabCell {
  const seiE = d.between(125e3, 145e3);
  const anodeE = d.between(105e3, 150e3);
  const cathodeE = d.between(130e3, 220e3);
  const reactions: Reaction[] = [
    { A_per_s: prefactor_per_s(d.between(112, 138), seiE), E_J_per_mol: seiE, rise_K: d.between(4, 12), order: 1, from_degC: 0 },
    { A_per_s: prefactor_per_s(d.between(210, 270), anodeE), E_J_per_mol: anodeE, rise_K: d.between(80, 180), order: d.between(1, 2), from_degC: 0 },
    {
      A_per_s: prefactor_per_s(d.between(205, 265), cathodeE),
      E_J_per_mol: cathodeE,
      rise_K: d.between(150, 400),
      order: d.of<Reaction["order"]>([1, "auto"]),
      from_degC: 0,
    },
  ];
  return {
    thickness_m: d.between(0.004, 0.012),
    conductivity_W_per_mK: d.between(0.4, 1.2),
    volumetric_J_per_m3K: d.between(1.9e6, 2.5e6),
    convection_W_per_m2K: d.between(5, 25),
    emissivity: d.between(0.3, 0.9),
    reactions,
    ...(d.chance(0.7) && { collapse: { at_degC: d.between(150, 230), rise_K: d.between(120, 260), over_s: d.between(8, 60) } }),
  };
}

const drawProbes = (d: Draws) => ({
  contact: d.between(0.9, 1),
  tau_s: d.between(2, 8),
  airTau_s: d.between(10, 60),
  offset_K: [d.normal() * 0.8, d.normal() * 0.8, d.normal() * 0.8] as const,
  noise_K: d.between(0.02, 0.25),
  wander_K: d.between(0, 0.15),
  step_K: d.of<number>([0.0625, 0.1, 0.25]),
  hunt_K: d.between(0, 0.8),
  hunt_s: d.between(120, 900),
  oven_s: d.between(30, 240),
});

interface Program {
  readonly end_s: number;
  readonly event_s: number;
  setPoint_degC(t: number): number;
  doorOpen(t: number): boolean;
  current_A(t: number): number;
  heater_W_per_m2(t: number, cell_degC: number): number;
  readonly joule_K_per_s: number;
  readonly entropic_K_per_s: number;
}

function drawProgram(kind: SlabKind, d: Draws, capacity_Ah: number, hours: number | undefined): Program {
  const none = {
    doorOpen: () => false,
    current_A: () => 0,
    heater_W_per_m2: () => 0,
    joule_K_per_s: 0,
    entropic_K_per_s: 0,
    event_s: Number.POSITIVE_INFINITY,
  };
  const rampTo = (rate_K_per_min: number, to_degC: number) => (t: number) => Math.min(to_degC, 25 + (rate_K_per_min * Math.max(0, t - 1800)) / 60);
  const storage_degC = d.between(45, 85);
  const long_s = 3600 * (hours ?? 24);
  switch (kind) {
    case "oven-ramp":
      return { ...none, end_s: 6 * 3600, setPoint_degC: rampTo(d.between(1, 5), 260) };
    case "hot-soak":
      return { ...none, end_s: 12 * 3600, setPoint_degC: rampTo(5, d.between(135, 190)) };
    case "near-miss":
      return { ...none, end_s: 8 * 3600, setPoint_degC: rampTo(5, d.between(105, 140)) };
    case "heater-pad": {
      const W_per_m2 = d.between(1500, 6000);
      return { ...none, end_s: 3 * 3600, setPoint_degC: () => 25, heater_W_per_m2: (t) => (t > 900 ? W_per_m2 : 0) };
    }
    case "heat-wait-seek": {
      const wait_s = d.between(1500, 2700);
      return { ...none, end_s: 24 * 3600, setPoint_degC: (t) => (t < 1800 ? 25 : Math.min(220, 60 + 5 * Math.floor((t - 1800) / wait_s))) };
    }
    case "storage":
      return { ...none, end_s: long_s, setPoint_degC: rampTo(d.between(0.5, 5), storage_degC) };
    case "chamber-ramp": {
      const [low, high, period_s] = [d.between(-10, 30), d.between(50, 85), d.between(3, 8) * 3600];
      const rate = d.between(1, 5) / 60;
      return { ...none, end_s: long_s, setPoint_degC: (t) => low + Math.min(high - low, rate * Math.min(t % period_s, period_s - (t % period_s))) };
    }
    case "fallen":
      return { ...none, end_s: long_s, event_s: 1800 + d.between(60, 1800), setPoint_degC: rampTo(d.between(0.5, 5), storage_degC) };
    case "door": {
      const period_s = d.between(1, 5) * 3600;
      return { ...none, end_s: long_s, setPoint_degC: rampTo(3, storage_degC), doorOpen: (t) => t > 3600 && t % period_s < 90 };
    }
    case "cycling":
    case "fan-failure": {
      const rate = kind === "cycling" ? d.between(0.3, 4) : d.between(0.5, 2);
      const [half_s, rest_s] = [(3600 / rate) * 0.85, 900];
      const air_degC = d.between(20, 50);
      return {
        ...none,
        end_s: long_s,
        event_s: d.between(2, 10) * 3600,
        setPoint_degC: () => air_degC,
        current_A: (t) => {
          const phase_s = t % (2 * (half_s + rest_s));
          const sign = phase_s < half_s + rest_s ? -1 : 1;
          return phase_s % (half_s + rest_s) < half_s ? sign * rate * capacity_Ah : 0;
        },
        joule_K_per_s: d.between(0.001, 0.006),
        entropic_K_per_s: d.between(-0.003, 0.003),
      };
    }
  }
}
