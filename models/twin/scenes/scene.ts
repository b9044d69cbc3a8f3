/** A scene: one thing that happens at a chamber, drawn anew from each seed. */
import type { StationInput } from "../../../edge-agent/contracts/station.ts";
import type { ClockFault } from "../clock-faults.ts";
import type { SensorSpec } from "../sensor.ts";
import type { WorldSetup } from "../setup.ts";
import type { Drive, World } from "../world.ts";

export interface Scene {
  /** As on the command line. */
  readonly name: string;
  /** Of the truth: the name with underscores. */
  readonly kind: string;
  /** Nothing of the cells' own that anybody need be warned of. */
  readonly healthy: boolean;
  readonly about: string;
  open(seed: number): OpenedScene;
}

export interface OpenedScene {
  /** As a person would write it: rounded, and with the errors of weighing and of data sheets. */
  readonly station: StationInput;
  readonly setup: WorldSetup;
  /** For the next step; may react to the world, and may remember: to be called in the order of time. */
  readonly drive: (world: World) => Drive;
  readonly sensors: readonly SensorSpec[];
  /** What is wrong with the recording's clock. */
  readonly clock: readonly ClockFault[];
  readonly duration_s: number;
  /** The operators go home. */
  readonly isOver: (world: World) => boolean;
  /** By cell id: irreversible growth at which the station's `swelling` limit stands, in percent of the fresh thickness. */
  readonly swellingLimit_pct: Readonly<Record<string, number>>;
  /** What was drawn, for whoever reads the truth. */
  readonly notes: string;
}
