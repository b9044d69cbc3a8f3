/** Lines in memory, for stations without hardware. They keep what they are told, as a sound relay driver does. */
import type { Line, LineBackend } from "./line.ts";

class SimulatedLine implements Line {
  #energised = false;
  write(energised: boolean): void {
    this.#energised = energised;
  }
  readBack(): boolean {
    return this.#energised;
  }
  close(): void {}
}

export const simulatedLines: LineBackend = { open: async () => new SimulatedLine() };
