/**
 * The real wire: `/dev/spidevB.C` by ioctl, through `koffi`, loaded here and nowhere else in a bus process, since Node has no ioctl.
 * Transfers run on a thread of that process: one that never returns leaves its event loop alive, so the bus process itself can say that it is stuck.
 */
import { openSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { join } from "node:path";
import { Fault } from "../core/faults.ts";
import type { SpiBus, SpiSetting } from "./spi.ts";
import { emptyMessage, fillMessage, SET_MODE, TRANSFER } from "./spi-message.ts";

type Answered = (error: Error | null, result: number) => void;
/** The part of koffi that is used here. */
interface Koffi {
  load(library: null): { func(declaration: string): { async(fd: number, request: number, argument: ArrayBuffer, answered: Answered): void } };
  address(memory: ArrayBuffer): bigint;
  errno(): number;
}
type Ioctl = (request: number, argument: ArrayBuffer) => Promise<void>;

/** Bus `device` under `folder`. Throws Fault `bus/unavailable` with what to do about it. */
export function openLinuxSpi(device: number, folder = "/dev"): SpiBus {
  const path = (select: number) => join(folder, `spidev${device}.${select}`);
  if (!readdirSync(folder).some((name) => name.startsWith(`spidev${device}.`))) throw new Fault("bus/unavailable", `${path(0)} does not exist: ${enable}`);
  const koffi = loadKoffi();
  const libc = koffi.load(null).func("int ioctl(int fd, unsigned long request, void *argument)");
  const chips = new Map<number, { readonly ioctl: Ioctl; mode?: number }>();

  function chipAt(select: number) {
    const chip = chips.get(select) ?? { ioctl: caller(koffi, libc, opened(path(select)), path(select)) };
    chips.set(select, chip);
    return chip;
  }

  return {
    async transfer(select: number, bytes: Uint8Array, { mode, clock_Hz }: SpiSetting) {
      const chip = chipAt(select);
      if (chip.mode !== mode) await chip.ioctl(SET_MODE, Uint8Array.of(mode).buffer);
      chip.mode = mode;
      const message = emptyMessage(bytes.length);
      fillMessage(message, koffi.address(message.memory), bytes, clock_Hz);
      await chip.ioctl(TRANSFER, message.memory);
      return message.received;
    },
  };
}

const enable = "enable SPI (raspi-config, or dtparam=spi=on in config.txt and reboot), or name another device";

/** A chip select that is not there costs its own chip: others of the bus may be. */
function opened(path: string): number {
  try {
    return openSync(path, "r+");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES")
      throw new Fault("bus/unavailable", `${path} may not be opened: add the agent's user to the group spi and log in again`, { cause: error });
    if (code === "ENOENT")
      throw new Fault("bus/no-reply", `${path} does not exist: wire the chip to another select, or add an overlay such as spi0-2cs`, { cause: error });
    throw new Fault("bus/unavailable", `${path} cannot be opened (${code}): name another device`, { cause: error });
  }
}

function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)("koffi") as Koffi;
  } catch (error) {
    throw new Fault("bus/unavailable", "the package koffi is not installed: run node deploy/bootstrap.mjs", { cause: error });
  }
}

/** Keeps each argument until its call is answered: the thread that calls has its address alone, and the kernel writes there. */
export function caller(koffi: Pick<Koffi, "errno">, libc: ReturnType<ReturnType<Koffi["load"]>["func"]>, fd: number, path: string): Ioctl {
  const underWay = new Set<ArrayBuffer>();
  return (request, argument) =>
    new Promise((resolve, reject) => {
      underWay.add(argument);
      libc.async(fd, request, argument, (error, result) => {
        underWay.delete(argument);
        if (error !== null) reject(error);
        else if (result < 0)
          reject(faultOf(path, koffi.errno())); // koffi hands on the errno of the thread that called
        else resolve();
      });
    });
}

const nameOf = (errno: number): string => Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`;

function faultOf(path: string, errno: number): Fault {
  const name = nameOf(errno);
  if (name === "ENOTTY") return new Fault("bus/unavailable", `${path} is no SPI device (${name}): name another device`);
  if (name === "EINVAL") return new Fault("bus/unavailable", `${path} refuses the mode or the clock rate (${name}): use a hardware SPI bus`);
  if (["ENODEV", "ESHUTDOWN", "EBADF"].includes(name)) return new Fault("bus/unavailable", `${path} went away (${name}): ${enable}`);
  return new Fault("bus/no-reply", `the controller failed (${name})`);
}
