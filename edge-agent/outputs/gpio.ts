/** GPIO on this machine: `onoff` where the kernel has sysfs GPIO, the character device where it does not. */
import { chardevLines } from "./gpio-chardev.ts";
import { onoffLines } from "./gpio-onoff.ts";
import type { GpioBackend } from "./line.ts";
import { hasSysfs, sysfsGpio } from "./sysfs-pin.ts";

export const gpioLines = (sysfs = sysfsGpio, devices = "/dev"): GpioBackend => (hasSysfs(sysfs) ? onoffLines(sysfs) : chardevLines(devices));
