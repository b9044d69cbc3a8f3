/** Worlds and drives for tests: the usual cell in the usual chamber, with what a test changes. */
import { type OpenWorld, openWorld } from "../../../models/twin/open-world.ts";
import { usualCell } from "../../../models/twin/params/cell.ts";
import { usualChamber } from "../../../models/twin/params/chamber.ts";
import type { CellSetup, ChamberSetup, Contact } from "../../../models/twin/setup.ts";
import type { CellDrive, Drive, World } from "../../../models/twin/world.ts";

export const rest: CellDrive = { current_A: 0, heater_W: 0, short_ohm: Number.POSITIVE_INFINITY };

export const driveOf = (cells: readonly Partial<CellDrive>[], over: Partial<Drive> = {}): Drive => ({
  cells: cells.map((cell) => ({ ...rest, ...cell })),
  setPoint_degC: 25,
  fan: 1,
  door_per_h: 0,
  room_degC: 23,
  room_kPa: 101.3,
  inflow_mol_per_s: {},
  roomCo2_ppm: 450,
  ...over,
});

export const worldOf = (cells: readonly CellSetup[] = [usualCell], chamber: Partial<ChamberSetup> = {}, contacts: readonly Contact[] = []): OpenWorld =>
  openWorld({ cells, chamber: { ...usualChamber, ...chamber }, contacts });

/** Steps until `until` holds, at most `most_s`; the last world. */
export function run(world: OpenWorld, drive: Drive, dt_s: number, most_s: number, until: (now: World) => boolean = () => false): World {
  let now = world.world();
  for (const end_s = now.at_s + most_s; now.at_s < end_s - 1e-6; ) {
    now = world.step(drive, dt_s);
    if (until(now)) break;
  }
  return now;
}

export const sum = (amounts: Readonly<Record<string, number>>): number => Object.values(amounts).reduce((all, one) => all + one, 0);
