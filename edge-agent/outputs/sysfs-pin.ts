/**
 * From a chip's label and a line to the number that sysfs GPIO knows: base + line. The base is the kernel's to choose (on the same Pi 458
 * with Linux 6.1, 512 with 6.12), and so is the order of the chips.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Chip, chipWith } from "./chip.ts";

export const sysfsGpio = "/sys/class/gpio";

/** Newer kernels may list chips there and export no line: that is as good as none. */
export const hasSysfs = (sysfs = sysfsGpio): boolean => existsSync(join(sysfs, "export"));

interface SysfsChip extends Chip {
  readonly base: number;
}

/** The sysfs number of `line` on the chip labelled `label`. Faults: those of `chipWith`. */
export const sysfsPin = (label: string, line: number, sysfs = sysfsGpio): number => chipWith(sysfsChips(sysfs), label, line).base + line;

export function sysfsChips(sysfs = sysfsGpio): SysfsChip[] {
  const chips: SysfsChip[] = [];
  for (const name of readdirSync(sysfs).sort()) {
    if (!name.startsWith("gpiochip")) continue;
    try {
      const text = (file: string) => readFileSync(join(sysfs, name, file), "utf8").trim();
      const chip = { name, label: text("label"), base: Number.parseInt(text("base"), 10), lines: Number.parseInt(text("ngpio"), 10) };
      if (Number.isInteger(chip.base) && Number.isInteger(chip.lines)) chips.push(chip);
    } catch {} // a hot-plugged expander may leave between listing and reading
  }
  return chips;
}
