/** What is done to cells and chamber, in the parts that scenes share. Each remembers: to be called in the order of time. */
import type { CellSetup } from "../setup.ts";
import type { Drive, World } from "../world.ts";
import { atRest, type Bench } from "./bench.ts";

export const hour_s = 3600;
export const day_s = 86_400;

/** A set point that climbs (or falls) from `from_degC` at `K_per_min` until `to_degC`, from `start_s` on. */
export function ramp(from_degC: number, to_degC: number, K_per_min: number, start_s: number): (at_s: number) => number {
  const sign = Math.sign(to_degC - from_degC);
  return (at_s) => {
    const gone_K = (K_per_min / 60) * Math.max(0, at_s - start_s);
    return from_degC + sign * Math.min(gone_K, Math.abs(to_degC - from_degC));
  };
}

export const hottest_degC = ({ cells }: World): number => Math.max(...cells.map(({ surface_degC }) => surface_degC));

/** No cell is this hot unless it runs away or a neighbour did. Engineering choice: above every oven here. */
const burnt_degC = 330;

/** Whether a cell has run away, as anybody beside the chamber would tell. */
export function seeingFire(): (world: World) => boolean {
  let seen = false;
  return (world) => {
    seen ||= hottest_degC(world) > burnt_degC;
    return seen;
  };
}

/** Once a cell burns, heaters and cycler are switched off and the chamber is cooled. */
export function offOnFire(bench: Bench, drive: (world: World) => Drive): (world: World) => Drive {
  const fire = seeingFire();
  return (world) => (fire(world) ? atRest(bench, bench.room_degC) : drive(world));
}

/** Over `after_s` after the last cell began to burn. */
export function burntOut(after_s = 1800): (world: World) => boolean {
  const burning = new Set<number>();
  let last_s = Number.POSITIVE_INFINITY;
  return ({ at_s, cells }) => {
    for (const [index, { surface_degC }] of cells.entries()) {
      if (surface_degC <= burnt_degC || burning.has(index)) continue;
      burning.add(index);
      last_s = at_s;
    }
    return at_s >= last_s + after_s;
  };
}

export interface CyclePlan {
  readonly charge_C: number;
  readonly discharge_C: number;
  readonly rest_s: number;
  readonly high_V: number;
  readonly low_V: number;
  readonly first: "charge" | "discharge";
  /** Full cycles before it rests for good. */
  readonly cycles: number;
}

/** Share of the capacity per hour at which constant voltage ends: C/20, the usual choice. */
const CUT_C = 1 / 20;

/** A cycler on the first cell: constant current, then constant voltage, rest, constant current down, rest. Ampere for the next step. */
export function cycler({ capacity_Ah, electrical }: CellSetup, plan: CyclePlan): (world: World) => number {
  let mode: "charge" | "discharge" | "rest" = "rest";
  let after: "charge" | "discharge" = plan.first;
  let until_s = plan.rest_s;
  let current_A = 0;
  let halves = 0;
  const rest = (at_s: number, next: typeof after): number => {
    mode = "rest";
    after = next;
    until_s = at_s + plan.rest_s;
    halves += 1;
    return 0;
  };
  return ({ at_s, cells }) => {
    const voltage_V = cells[0]?.voltage_V ?? 0;
    if (mode === "rest") {
      if (at_s < until_s || halves >= 2 * plan.cycles) return 0;
      mode = after;
      current_A = mode === "charge" ? plan.charge_C * capacity_Ah : -plan.discharge_C * capacity_Ah;
    } else if (mode === "discharge") {
      if (voltage_V <= plan.low_V) current_A = rest(at_s, "charge");
    } else {
      // half of what the resistance asks for, so that a resistance that is lower than drawn makes no oscillation
      const wanted_A = current_A - (0.5 * (voltage_V - plan.high_V)) / electrical.resistance_ohm;
      current_A = Math.min(plan.charge_C * capacity_Ah, Math.max(0, wanted_A));
      if (current_A < CUT_C * capacity_Ah) current_A = rest(at_s, "discharge");
    }
    return current_A;
  };
}
