/** The chip that a station file means: only its label names it for good, since bases and device numbers are the kernel's to choose. */
import { Fault } from "../core/faults.ts";

export interface Chip {
  readonly label: string;
  /** As the kernel calls it: gpiochip0. */
  readonly name: string;
  readonly lines: number;
}

/** Fault `output/unavailable` when no chip or two bear the label, or the chip has no such line. */
export function chipWith<C extends Chip>(chips: readonly C[], label: string, line: number): C {
  const [chip, second] = chips.filter((candidate) => candidate.label === label);
  if (chip === undefined) {
    const found = chips.map((candidate) => candidate.label).join(", ") || "none";
    throw new Fault("output/unavailable", `no GPIO chip is labelled "${label}"; this machine has: ${found}. Write one of these as the chip`);
  }
  if (second !== undefined) {
    throw new Fault(
      "output/unavailable",
      `two GPIO chips are labelled "${label}" (${chip.name} and ${second.name}): the line cannot be told apart; use another chip`,
    );
  }
  if (line >= chip.lines) throw new Fault("output/unavailable", `chip "${label}" has lines 0 to ${chip.lines - 1}; there is no line ${line}`);
  return chip;
}
