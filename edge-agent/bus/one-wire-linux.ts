/**
 * The real wire: Linux' `w1` drivers, which keep the time slots that no program could, seen as files. Reading `w1_slave` converts and blocks for
 * 0.75 s; it is read asynchronously, so that the bus process stays alive meanwhile.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../core/faults.ts";
import type { OneWireBus } from "./one-wire.ts";

export const W1_DEVICES = "/sys/bus/w1/devices";

/** Throws Fault `bus/unavailable` with what to do about it. */
export function openLinuxOneWire(root = W1_DEVICES): OneWireBus {
  const gone = (cause?: unknown) =>
    new Fault("bus/unavailable", `${root} does not exist: enable 1-Wire (raspi-config, or dtoverlay=w1-gpio in config.txt and reboot)`, { cause });
  if (!existsSync(root)) throw gone();
  return {
    async scratchpad(rom) {
      const file = join(root, rom, "w1_slave");
      try {
        return scratchpadIn(await readFile(file, "utf8"));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "EACCES") throw new Fault("bus/unavailable", `${file} may not be read: let the agent's user read it`, { cause: error });
        if (!existsSync(root)) throw gone(error);
        if (code === "ENOENT") throw new Fault("bus/no-reply", `${rom} is not on the wire; ls ${root} shows what is`, { cause: error });
        throw new Fault("bus/no-reply", `the chip did not answer (${code})`, { cause: error });
      }
    },
  };
}

/**
 * The bytes of the first line, such as `50 05 4b 46 7f ff 0c 10 1c : crc=1c YES`: what the chip said just now. The second line repeats them, or
 * the last ones that were right, and the verdict is the kernel's: neither is used.
 */
export function scratchpadIn(text: string): Uint8Array {
  const [first = ""] = text.split(/[:\n]/, 1);
  const words = first.trim().split(/\s+/);
  return words.every((word) => /^[0-9a-f]{2}$/i.test(word)) ? Uint8Array.from(words, (word) => Number.parseInt(word, 16)) : new Uint8Array();
}
