/** A line whose wiring a test can break. */
import type { Line, LineBackend, LineBackends } from "../../edge-agent/outputs/line.ts";

export class BenchLine implements Line {
  level = false;
  /** Every level ever written, in order. */
  readonly writes: boolean[] = [];
  /** Writes do not reach the pin. */
  stuck = false;
  /** The system call itself fails. */
  dead = false;
  write(energised: boolean): void {
    if (this.dead) throw new Error("ENODEV: no such device, write");
    this.writes.push(energised);
    if (!this.stuck) this.level = energised;
  }
  readBack(): boolean {
    if (this.dead) throw new Error("ENODEV: no such device, read");
    return this.level;
  }
  close(): void {}
}

export interface Bench {
  readonly backends: LineBackends;
  /** The line of an output; throws when it was never opened. */
  line(id: string): BenchLine;
  energised(): string[];
}

export function bench(): Bench {
  const lines = new Map<string, BenchLine>();
  const backend: LineBackend = {
    async open({ id }) {
      const line = new BenchLine();
      lines.set(id, line);
      return line;
    },
  };
  return {
    backends: { gpio: backend, simulated: backend },
    line(id) {
      const line = lines.get(id);
      if (line === undefined) throw new Error(`no line ${id}`);
      return line;
    },
    energised: () => [...lines].flatMap(([id, { level }]) => (level ? [id] : [])),
  };
}
