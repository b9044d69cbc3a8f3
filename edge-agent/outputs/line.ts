/** One output line: a relay coil, a lamp driver. `energised` is the electrical fact; what it means is the output's role. And one input line. */
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

export interface InputLine {
  /** Whether the pin is high now. Throws when it cannot be read. */
  isHigh(): boolean;
  /**
   * Calls `then` once, at the first edge since the line was last read, and never again until it is asked again: a line that chatters costs its
   * listener one call. Left out where edges are not told.
   */
  readonly nextEdge?: (then: () => void) => void;
  close(): void;
}

export interface InputBackend {
  /** Rejects with Fault `output/unavailable`, saying what to do. Levels are those of the pin: what they mean is the station's. */
  openInput(place: { readonly chip: string; readonly line: number; readonly active: "high" | "low" }): Promise<InputLine>;
}

/** A kernel interface to GPIO, and what it says of the machine for `offgas doctor`. */
export interface GpioBackend extends LineBackend, InputBackend {
  /** Each chip in words. */
  chips(): Promise<string[]>;
  /** Where the kernel has the line. Fault `output/unavailable` when it has none. */
  find(chip: string, line: number): Promise<string>;
}
