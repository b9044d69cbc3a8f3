/**
 * GPIO lines through `onoff` (sysfs). The only importer of `onoff`, and a late one: where it could not be compiled, npm leaves it out
 * silently and everything but real outputs must still run.
 */
import type { Gpio } from "onoff";
import { Fault, isFault } from "../core/faults.ts";
import type { Line, LineBackend } from "./line.ts";
import { sysfsGpio, sysfsPin } from "./sysfs-pin.ts";

export type LoadOnoff = () => Promise<{ readonly Gpio: typeof Gpio }>;

/** `onoff` itself always works below /sys/class/gpio; `sysfs` is where chips are looked up. */
export function gpioLines(sysfs = sysfsGpio, load: LoadOnoff = () => import("onoff")): LineBackend {
  return {
    async open({ chip, line }) {
      if (chip === undefined || line === undefined) {
        throw new Fault("output/unavailable", `kind gpio needs a chip (its label) and a line; write for example chip: pinctrl-bcm2835, line: 17`);
      }
      const pin = sysfsPin(chip, line, sysfs);
      const { Gpio } = await load().catch((error: unknown) => {
        throw loadFault(error);
      });
      return opened(() => new Gpio(pin, "low", undefined, { activeLow: false }), `${chip} line ${line} (sysfs gpio${pin})`);
    },
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

const remedies: Readonly<Record<string, string>> = {
  EACCES: "the agent's user may not use GPIO: add it to the group gpio",
  EPERM: "the agent's user may not use GPIO: add it to the group gpio",
  EBUSY: "the kernel or another program holds the line: free it or choose another",
  EINVAL: "the kernel refuses this line: choose another",
};

function openFault(error: unknown, where: string): Fault {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return new Fault("output/unavailable", `${where} cannot be opened (${message}); ${remedies[code] ?? "run `offgas doctor`"}`, { cause: error });
}

function loadFault(error: unknown): Fault {
  const { code, message = String(error) } = error as NodeJS.ErrnoException;
  const detail =
    code === "ERR_DLOPEN_FAILED"
      ? "the package onoff was compiled for another Node; run `node deploy/bootstrap.mjs` again"
      : "the package onoff is not installed, as when no compiler was there; run `apt install build-essential python3`, then `node deploy/bootstrap.mjs` again";
  return new Fault("output/unavailable", `${detail} (${message.split("\n", 1)[0]})`, { cause: error });
}
