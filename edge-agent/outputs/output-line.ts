/** One output of the station: its line, the level it was told, why it is tripped, and what is wrong with it. Nothing here throws. */
import type { Output } from "../contracts/station.ts";
import { Fault, isFault } from "../core/faults.ts";
import type { Line, LineBackend } from "./line.ts";

export interface OutputStatus {
  readonly id: string;
  readonly role: Output["role"];
  /** The level it was told. `fault` says when the pin disagrees. */
  readonly energised: boolean;
  /** Alarm ids that tripped it since it was last armed. */
  readonly because: readonly string[];
  readonly fault?: string;
}

export class OutputLine {
  readonly output: Output;
  /** What tripped it since it was last armed. */
  readonly because = new Set<string>();
  readonly #line: Line | undefined;
  #energised = false;
  #fault: Fault | undefined;
  #writeError: unknown;

  private constructor(output: Output, opened: Line | Fault) {
    this.output = output;
    if (opened instanceof Fault) this.#fault = opened;
    else this.#line = opened;
  }

  /** Never rejects: a line that cannot be opened keeps the fault that says why. */
  static async open(output: Output, backend: LineBackend): Promise<OutputLine> {
    try {
      return new OutputLine(output, await backend.open(output));
    } catch (error) {
      const code = isFault(error) ? error.code : "output/unavailable";
      return new OutputLine(output, new Fault(code, `${output.id}: ${reasonOf(error)}`, { cause: error }));
    }
  }

  get energised(): boolean {
    return this.#energised;
  }

  get fault(): Fault | undefined {
    return this.#fault;
  }

  set(energised: boolean): void {
    if (this.#line === undefined) return;
    this.#energised = energised;
    this.#writeError = undefined;
    try {
      this.#line.write(energised);
    } catch (error) {
      this.#writeError = error;
    }
  }

  /** Compares the pin with the level it was told; keeps and returns what is wrong. */
  check(): Fault | undefined {
    if (this.#line !== undefined) this.#fault = this.#compare(this.#line);
    return this.#fault;
  }

  /** Like `check`, but undefined for trouble that was there before. */
  checkForNews(): Fault | undefined {
    const before = this.#fault?.message;
    const fault = this.check();
    return fault?.message === before ? undefined : fault;
  }

  status(): OutputStatus {
    return {
      id: this.output.id,
      role: this.output.role,
      energised: this.#energised,
      because: [...this.because],
      ...(this.#fault !== undefined && { fault: this.#fault.toString() }),
    };
  }

  close(): void {
    try {
      this.#line?.close();
    } catch {} // the level was set before; the process is ending
  }

  #compare(line: Line): Fault | undefined {
    const { id } = this.output;
    if (this.#writeError !== undefined) return new Fault("output/unproven", `${id} cannot be written: ${reasonOf(this.#writeError)}; cut the supply by hand`);
    try {
      if (line.readBack() === this.#energised) return undefined;
    } catch (error) {
      return new Fault("output/unproven", `${id} cannot be read back: ${reasonOf(error)}; check it by hand`);
    }
    const [told, reads] = this.#energised ? ["energised", "de-energised"] : ["de-energised", "energised"];
    return new Fault("output/unproven", `${id} was ${told} but reads ${reads}; ${this.#energised ? "check the wiring" : "cut the supply by hand"}`);
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
