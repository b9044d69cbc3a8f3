/**
 * From a chip's label and a line to the number that sysfs GPIO knows: base + line. The base is the kernel's to choose (on the same Pi 458
 * with Linux 6.1, 512 with 6.12), and so is the order of the chips, so only the label names a chip for good.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../core/faults.ts";

export const sysfsGpio = "/sys/class/gpio";

interface Chip {
  readonly label: string;
  readonly base: number;
  readonly ngpio: number;
}

/** The sysfs number of `line` on the chip labelled `label`. Fault `output/unavailable` when there is no such line or no sysfs GPIO. */
export function sysfsPin(label: string, line: number, sysfs = sysfsGpio): number {
  if (!existsSync(join(sysfs, "export"))) {
    throw new Fault(
      "output/unavailable",
      `this kernel has no sysfs GPIO (${sysfs}/export is missing), the only kind that is driven so far: boot a kernel with CONFIG_GPIO_SYSFS and its LEGACY option`,
    );
  }
  const chips = readChips(sysfs);
  const [chip, second] = chips.filter((candidate) => candidate.label === label);
  if (chip === undefined) {
    const found = chips.map((candidate) => candidate.label).join(", ") || "none";
    throw new Fault("output/unavailable", `no GPIO chip is labelled "${label}"; this machine has: ${found}. Write one of these as the output's chip`);
  }
  if (second !== undefined) {
    throw new Fault(
      "output/unavailable",
      `two GPIO chips are labelled "${label}" (bases ${chip.base} and ${second.base}): the line cannot be told apart; use another chip`,
    );
  }
  if (line >= chip.ngpio) {
    throw new Fault("output/unavailable", `chip "${label}" has lines 0 to ${chip.ngpio - 1}; there is no line ${line}`);
  }
  return chip.base + line;
}

function readChips(sysfs: string): Chip[] {
  const chips: Chip[] = [];
  for (const entry of readdirSync(sysfs).sort()) {
    if (!entry.startsWith("gpiochip")) continue;
    try {
      const text = (file: string) => readFileSync(join(sysfs, entry, file), "utf8").trim();
      const chip = { label: text("label"), base: Number.parseInt(text("base"), 10), ngpio: Number.parseInt(text("ngpio"), 10) };
      if (Number.isInteger(chip.base) && Number.isInteger(chip.ngpio)) chips.push(chip);
    } catch {} // a hot-plugged expander may leave between listing and reading
  }
  return chips;
}
