/** One output line: a relay coil, a lamp driver. `energised` is the electrical fact; what it means is the output's role. */
import type { Output } from "../contracts/station.ts";

export interface Line {
  /** Sets the level before it returns: a trip is done when this call is. Throws what the operating system said when it could not. */
  write(energised: boolean): void;
  /** The level at the pin now, not the one last written. Throws when it cannot be read. */
  readBack(): boolean;
  /** Gives the line up, leaving its level as it is. */
  close(): void;
}

export interface LineBackend {
  /** Opens the line de-energised. Rejects with Fault `output/unavailable` or `output/unproven`, saying what to do. */
  open(output: Output): Promise<Line>;
}

export type LineBackends = Readonly<Record<Output["kind"], LineBackend>>;
