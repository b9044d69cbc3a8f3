/**
 * GPIO lines through `onoff` (sysfs). The only importer of `onoff`, and a late one: where it could not be compiled, npm leaves it out
 * silently and everything but real outputs must still run.
 */
import type { Gpio } from "onoff";
import { Fault, isFault } from "../core/faults.ts";
import type { GpioBackend, InputLine, Line } from "./line.ts";
import { openFault } from "./open-fault.ts";
import { sysfsChips, sysfsGpio, sysfsPin } from "./sysfs-pin.ts";
import { wired } from "./wired.ts";

export type LoadOnoff = () => Promise<{ readonly Gpio: typeof Gpio }>;

/** `onoff` itself always works below /sys/class/gpio; `sysfs` is where chips are looked up. */
export function onoffLines(sysfs = sysfsGpio, load: LoadOnoff = () => import("onoff")): GpioBackend {
  async function prepared(chip: string, line: number) {
    const pin = sysfsPin(chip, line, sysfs);
    const { Gpio } = await load().catch((error: unknown) => {
      throw loadFault(error);
    });
    return { Gpio, pin, where: `${chip} line ${line} (sysfs gpio${pin})` };
  }
  return {
    async open(output) {
      const { chip, line } = wired(output);
      const { Gpio, pin, where } = await prepared(chip, line);
      return opened(() => new Gpio(pin, "low", undefined, { activeLow: false }), where);
    },
    async openInput({ chip, line }) {
      const { Gpio, pin, where } = await prepared(chip, line);
      return openedInput(() => new Gpio(pin, "in", "none", { activeLow: false }), where);
    },
    chips: async () => sysfsChips(sysfs).map(({ label, base }) => `${label} (base ${base})`),
    find: async (chip, line) => `${chip} line ${line} is sysfs gpio${sysfsPin(chip, line, sysfs)}`,
  };
}

/**
 * "low" sets direction and level in one kernel call, so the coil sees no glitch. `onoff` swallows what goes wrong on a line that was
 * exported before, as ours is after a crash: hence the look at what it left.
 */
function opened(open: () => Gpio, where: string): Line {
  try {
    const gpio = open();
    if (gpio.direction() === "in") throw new Fault("output/unavailable", `${where} cannot be made an output; another program may hold it`);
    if (gpio.activeLow()) throw new Fault("output/unavailable", `${where} is inverted (active_low) and cannot be set back; unexport it and start again`);
    if (gpio.readSync() !== 0)
      throw new Fault("output/unproven", `${where} reads high though it was opened low; check the wiring and what else drives the pin`);
    return {
      write: (energised) => gpio.writeSync(energised ? 1 : 0),
      readBack: () => gpio.readSync() === 1,
      // Unexporting makes the pin an input on many kernels: its pull would then decide. Exported, it stays driven as it is.
      close: () => {},
    };
  } catch (error) {
    throw isFault(error) ? error : openFault(error, where);
  }
}

function openedInput(open: () => Gpio, where: string): InputLine {
  try {
    const gpio = open();
    if (gpio.direction() !== "in") throw new Fault("output/unavailable", `${where} is an output and cannot be made an input; another program may hold it`);
    if (gpio.activeLow()) throw new Fault("output/unavailable", `${where} is inverted (active_low) and cannot be set back; unexport it and start again`);
    const read = gpio.readSync.bind(gpio);
    // onoff reads in a call-back of its own at each edge: what it threw there, on a line that went away, would end the agent
    gpio.readSync = () => {
      try {
        return read();
      } catch {
        return 0;
      }
    };
    const nextEdge = edgesOf(gpio);
    return { isHigh: () => read() === 1, ...(nextEdge !== undefined && { nextEdge }), close: () => gpio.unexport() };
  } catch (error) {
    throw isFault(error) ? error : openFault(error, where);
  }
}

/** Undefined where the line has no interrupt, as on many expanders: it is then read at each beat alone. */
function edgesOf(gpio: Gpio): InputLine["nextEdge"] {
  try {
    gpio.setEdge("both");
    gpio.watch(() => {});
    gpio.unwatchAll();
  } catch {
    return undefined;
  }
  return (then) =>
    gpio.watch(() => {
      gpio.unwatchAll();
      then();
    });
}

function loadFault(error: unknown): Fault {
  const { code, message = String(error) } = error as NodeJS.ErrnoException;
  const detail =
    code === "ERR_DLOPEN_FAILED"
      ? "the package onoff was compiled for another Node; run `node deploy/bootstrap.mjs` again"
      : "the package onoff is not installed, as when no compiler was there; run `apt install build-essential python3`, then `node deploy/bootstrap.mjs` again";
  return new Fault("output/unavailable", `${detail} (${message.split("\n", 1)[0]})`, { cause: error });
}
