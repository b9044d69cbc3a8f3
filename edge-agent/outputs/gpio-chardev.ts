/**
 * GPIO lines through the kernel's character device, /dev/gpiochipN, for kernels without sysfs GPIO (decision 0011).
 *
 * A line belongs to the process that asked for it: the kernel gives it back when that process ends, however it ends, and the driver decides
 * what becomes of the level. Mainline's pinctrl-bcm2835 makes the pin an input, so that its pull decides; the kernel of Raspberry Pi OS keeps it
 * driven (`pinctrl_bcm2835.persist_gpio_outputs`, off with `dtparam=strict_gpiod`). So neither is promised: a permit needs a pull-down at its relay
 * driver and the watchdog on the heartbeat, and a signal that must outlast the agent needs a relay that holds itself.
 */
import { closeSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Fault, isFault } from "../core/faults.ts";
import { type Chip, chipWith } from "./chip.ts";
import { chipInfo, fdOf, flags, inputRequest, isHigh, lineInfo, lineValue, outputRequest, readChipInfo, readLineInfo, requests } from "./gpio-uapi.ts";
import { type Ioctl, loadIoctl } from "./ioctl.ts";
import type { GpioBackend } from "./line.ts";
import { openFault } from "./open-fault.ts";
import { wired } from "./wired.ts";

const CONSUMER = "offgas";

interface Device extends Chip {
  readonly path: string;
}

/** `devices` is the folder of the chips' device files. */
export function chardevLines(devices = "/dev", load: () => Promise<Ioctl> = loadIoctl): GpioBackend {
  async function requested(chip: string, line: number, request: Buffer, direction: bigint) {
    const ioctl = await load();
    const { path, name } = chipOf(devices, ioctl, chip, line);
    const where = `${chip} line ${line} (${name})`;
    const fd = requestLine(ioctl, path, line, request, where);
    try {
      const info = onChip(path, (chipFd) => infoOf(ioctl, chipFd, line));
      if ((info.flags & direction) === 0n) throw new Fault("output/unavailable", `${where} did not take its direction; another program may drive it`);
      if ((info.flags & flags.activeLow) !== 0n) throw new Fault("output/unavailable", `${where} is inverted (active low) by the kernel; choose another line`);
      const read = (): boolean => {
        const values = lineValue(false);
        ioctl(fd, requests.getValues, values);
        return isHigh(values);
      };
      return { ioctl, fd, where, read, high: read() };
    } catch (error) {
      closeSync(fd);
      throw isFault(error) ? error : openFault(error, where);
    }
  }
  return {
    async open(output) {
      const { chip, line } = wired(output);
      const { ioctl, fd, where, read, high } = await requested(chip, line, outputRequest(line, CONSUMER), flags.output);
      if (high) {
        closeSync(fd);
        throw new Fault("output/unproven", `${where} reads high though it was opened low; check the wiring and what else drives the pin`);
      }
      return {
        write: (energised) => ioctl(fd, requests.setValues, lineValue(energised)),
        readBack: read,
        // Closing would give the line back now; the kernel does that when the process ends.
        close: () => {},
      };
    },
    async openInput({ chip, line }) {
      const { fd, read } = await requested(chip, line, inputRequest(line, CONSUMER), flags.input);
      return { isHigh: read, close: () => closeSync(fd) };
    },
    async chips() {
      if (deviceFiles(devices).length === 0) return [];
      const { found, refused } = listed(devices, await load());
      if (refused !== undefined && found.length === 0) throw refused;
      return found.map(({ label, name }) => `${label} (${name})`);
    },
    async find(chip, line) {
      const ioctl = await load();
      const { path, name } = chipOf(devices, ioctl, chip, line);
      const { consumer, flags: held } = onChip(path, (fd) => infoOf(ioctl, fd, line));
      return `${chip} line ${line} is line ${line} of ${name}, ${(held & flags.used) === 0n ? "free" : `held by ${consumer || "the kernel"}`}`;
    },
  };
}

function requestLine(ioctl: Ioctl, path: string, line: number, request: Buffer, where: string): number {
  return onChip(path, (fd) => {
    try {
      ioctl(fd, requests.line, request);
      return fdOf(request);
    } catch (error) {
      throw openFault(error, where, (error as NodeJS.ErrnoException).code === "EBUSY" ? holder(ioctl, fd, line) : undefined);
    }
  });
}

/** Undefined when the kernel does not say either. */
function holder(ioctl: Ioctl, fd: number, line: number): string | undefined {
  try {
    const { consumer } = infoOf(ioctl, fd, line);
    return consumer === "" ? undefined : `"${consumer}" holds the line: end it or choose another line`;
  } catch {
    return undefined;
  }
}

function infoOf(ioctl: Ioctl, fd: number, line: number) {
  const info = lineInfo(line);
  ioctl(fd, requests.lineInfo, info);
  return readLineInfo(info);
}

function chipOf(devices: string, ioctl: Ioctl, label: string, line: number): Device {
  const { found, refused } = listed(devices, ioctl);
  if (refused !== undefined && !found.some((chip) => chip.label === label)) throw refused;
  if (found.length === 0)
    throw new Fault(
      "output/unavailable",
      `this machine has no GPIO: neither a sysfs export file nor ${devices}/gpiochipN; boot a kernel with CONFIG_GPIO_CDEV`,
    );
  return chipWith(found, label, line);
}

const deviceFiles = (devices: string): string[] => readdirSync(devices).flatMap((name) => (/^gpiochip\d+$/.test(name) ? [join(devices, name)] : []));

/** Every chip once: Raspberry Pi OS links a second name to one of them. `refused`: one that could not be asked, whose label nobody knows. */
function listed(devices: string, ioctl: Ioctl): { readonly found: readonly Device[]; readonly refused?: Fault } {
  const found = new Map<string, Device>();
  let refused: Fault | undefined;
  for (const path of deviceFiles(devices)) {
    try {
      const info = chipInfo();
      onChip(path, (fd) => ioctl(fd, requests.chipInfo, info));
      const { name, label, lines } = readChipInfo(info);
      found.set(name, { name, label, lines, path });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // a hot-plugged expander may leave between listing and asking
      if (code !== "ENOENT" && code !== "ENODEV" && code !== "ENXIO") refused = openFault(error, path);
    }
  }
  const chips = [...found.values()].sort((one, other) => one.name.localeCompare(other.name, "en", { numeric: true }));
  return { found: chips, ...(refused !== undefined && { refused }) };
}

function onChip<T>(path: string, use: (fd: number) => T): T {
  const fd = openSync(path, "r+");
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}
