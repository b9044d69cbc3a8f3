/**
 * The real bus: `/dev/i2c-N` through the native addon `i2c-bus`, loaded here and nowhere else, in a process of its own.
 * The addon's asynchronous calls run on a thread of that process: a transfer that never returns leaves its event loop alive, so the bus
 * process itself can say that it is stuck.
 */
import { createRequire } from "node:module";
import { Fault } from "../core/faults.ts";
import { checkDevice } from "./device.ts";
import { hex, type I2cBus } from "./i2c.ts";

/** The part of the addon's promise interface that is used here. */
interface Addon {
  openSync(device: number): { promisifiedBus(): AddonBus };
}
interface AddonBus {
  i2cWrite(address: number, length: number, buffer: Buffer): Promise<{ bytesWritten: number }>;
  i2cRead(address: number, length: number, buffer: Buffer): Promise<{ bytesRead: number; buffer: Buffer }>;
  /** SMBus "I2C block read": one byte written, repeated start, up to 32 bytes read. */
  readI2cBlock(address: number, command: number, length: number, buffer: Buffer): Promise<{ bytesRead: number; buffer: Buffer }>;
}

/** Throws Fault `bus/unavailable` with what to do about it. */
export function openLinuxBus(device: number): I2cBus {
  const path = `/dev/i2c-${device}`;
  checkDevice(path, "i2c", appears(device)); // the addon opens lazily: it would succeed without a device
  const bus = loadAddon().openSync(device).promisifiedBus();
  // After a refused address the addon keeps a handle without any address set: a second transfer would go to whoever listens at 0.
  const owned = new Set<number>();
  const transfer = <T>(address: number, begin: () => Promise<T>): Promise<T> =>
    owned.has(address) ? Promise.reject(ownedByKernel(address)) : begin().catch((error) => fail(path, address, owned, error));
  return {
    async write(address, bytes) {
      const { bytesWritten } = await transfer(address, () => bus.i2cWrite(address, bytes.length, Buffer.from(bytes)));
      if (bytesWritten !== bytes.length) throw new Fault("bus/no-reply", `${hex(address)} took ${bytesWritten} of ${bytes.length} bytes`);
    },
    async read(address, length) {
      const { bytesRead, buffer } = await transfer(address, () => bus.i2cRead(address, length, Buffer.alloc(length)));
      return buffer.subarray(0, bytesRead);
    },
    async writeRead(address, register, length) {
      const { bytesRead, buffer } = await transfer(address, () => bus.readI2cBlock(address, register, length, Buffer.alloc(length)));
      return buffer.subarray(0, bytesRead);
    },
  };
}

/** How device 0 or 1, which are a Pi's own, and any other comes about. */
const appears = (device: number): string =>
  device < 2
    ? "enable I2C (raspi-config, or dtparam=i2c_arm=on in config.txt) and reboot, or name another device"
    : `add a bus on two GPIO lines of its own (dtoverlay=i2c-gpio,bus=${device} in config.txt) and reboot, or name another device`;

function loadAddon(): Addon {
  try {
    return createRequire(import.meta.url)("i2c-bus") as Addon;
  } catch (error) {
    throw new Fault("bus/unavailable", "the package i2c-bus is not installed: install a compiler and Python, then install again", { cause: error });
  }
}

const ownedByKernel = (address: number) => new Fault("bus/no-reply", `a kernel driver owns ${hex(address)}: remove its overlay from config.txt`);

/** Kernel drivers answer a missing acknowledge with ENXIO, EREMOTEIO or EIO, a stretched clock with ETIMEDOUT. */
function fail(path: string, address: number, owned: Set<number>, error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code ?? "no code";
  if (["ENOENT", "ENODEV", "EACCES", "EBADF"].includes(code)) throw new Fault("bus/unavailable", `${path} went away (${code})`, { cause: error });
  if (["ENOTTY", "EINVAL"].includes(code)) throw new Fault("bus/unavailable", `${path} is no I2C bus (${code}): name another device`, { cause: error });
  if (code === "EBUSY") {
    owned.add(address);
    throw ownedByKernel(address);
  }
  throw new Fault("bus/no-reply", code === "ETIMEDOUT" ? "the transfer timed out: the clock was held low" : `no acknowledge (${code})`, { cause: error });
}
