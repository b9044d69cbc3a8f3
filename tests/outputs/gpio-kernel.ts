/** A kernel's GPIO in memory: what it answers to ioctl on the chips' device files, by the byte layout of linux/gpio.h, in its own words. */
import { openSync, readlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { TestContext } from "node:test";
import type { Ioctl } from "../../edge-agent/outputs/ioctl.ts";
import { tempFolder } from "../support/temp.ts";

export interface Pin {
  consumer: string;
  level: boolean;
  /** Bits of GPIO_V2_LINE_FLAG. */
  flags: bigint;
  /** What is written does not reach the pin. */
  stuck?: boolean;
  /** Every call on it fails with this code. */
  fails?: string;
  /** The kernel sets it up inverted, whatever was asked for. */
  inverted?: boolean;
}

export interface Chip {
  readonly file: string;
  readonly name: string;
  readonly label: string;
  readonly lines: number;
  readonly fails?: string;
}

export interface Kernel {
  readonly devices: string;
  readonly ioctl: Ioctl;
  pin(line: number, chip?: string): Pin;
  /** Levels written, in order. */
  readonly writes: boolean[];
  /** Requests for a line as the kernel got them. */
  readonly requests: Buffer[];
}

const failure = (code: string) => Object.assign(new Error(`${code}, ioctl`), { code });
const nameAt = (bytes: Buffer, at: number) => bytes.toString("latin1", at, at + 32).split("\0", 1)[0] ?? "";

export const pi: Chip = { file: "gpiochip0", name: "gpiochip0", label: "pinctrl-bcm2835", lines: 54 };

export function kernel(
  t: TestContext,
  chips: readonly Chip[] = [pi, { file: "gpiochip1", name: "gpiochip1", label: "raspberrypi-exp-gpio", lines: 8 }],
): Kernel {
  const devices = tempFolder(t);
  for (const { file } of chips) writeFileSync(join(devices, file), "");
  const pins = new Map<string, Pin>();
  const pinOf = (line: number, chip: string): Pin => {
    const key = `${chip} ${line}`;
    const pin = pins.get(key) ?? { consumer: "", level: false, flags: 4n };
    pins.set(key, pin);
    return pin;
  };
  const held = new Map<number, Pin>();
  const writes: boolean[] = [];
  const requests: Buffer[] = [];
  const chipAt = (fd: number): Chip => {
    const file = basename(readlinkSync(`/proc/self/fd/${fd}`));
    const chip = chips.find((each) => each.file === file);
    if (chip === undefined) throw failure("ENOTTY");
    if (chip.fails !== undefined) throw failure(chip.fails);
    return chip;
  };
  const ioctl: Ioctl = (fd, request, bytes) => {
    // the size of the argument stands in the request
    if (bytes.length !== ((request >>> 16) & 0x3fff)) throw failure("EFAULT");
    switch (request) {
      case 0x8044b401: {
        const { name, label, lines } = chipAt(fd);
        bytes.fill(0).write(name, 0, "latin1");
        bytes.write(label, 32, "latin1");
        bytes.writeUInt32LE(lines, 64);
        return;
      }
      case 0xc100b405: {
        const pin = pinOf(bytes.readUInt32LE(64), chipAt(fd).name);
        bytes.write(pin.consumer, 32, "latin1");
        bytes.writeBigUInt64LE(pin.flags, 72);
        return;
      }
      case 0xc250b407: {
        const pin = pinOf(bytes.readUInt32LE(0), chipAt(fd).name);
        requests.push(Buffer.from(bytes));
        if ((pin.flags & 1n) !== 0n) throw failure("EBUSY");
        if (pin.fails !== undefined) throw failure(pin.fails);
        const wanted = bytes.readBigUInt64LE(288);
        pin.consumer = nameAt(bytes, 256);
        pin.flags = wanted | 1n | (pin.inverted ? 2n : 0n);
        const valuesGiven = bytes.readUInt32LE(296) === 1 && bytes.readUInt32LE(320) === 2 && bytes.readBigUInt64LE(336) === 1n;
        if (wanted === 8n && !pin.stuck) pin.level = valuesGiven && bytes.readBigUInt64LE(328) === 1n;
        const line = openSync("/dev/null", "r");
        held.set(line, pin);
        bytes.writeInt32LE(line, 588);
        return;
      }
      case 0xc010b40e:
      case 0xc010b40f: {
        const pin = held.get(fd);
        if (pin === undefined) throw failure("ENOTTY");
        if (pin.fails !== undefined) throw failure(pin.fails);
        if (bytes.readBigUInt64LE(8) !== 1n) throw failure("EINVAL");
        if (request === 0xc010b40e) bytes.writeBigUInt64LE(pin.level ? 1n : 0n, 0);
        else {
          writes.push(bytes.readBigUInt64LE(0) === 1n);
          if (!pin.stuck) pin.level = bytes.readBigUInt64LE(0) === 1n;
        }
        return;
      }
      default:
        throw failure("EINVAL");
    }
  };
  return { devices, ioctl, pin: (line, chip = "gpiochip0") => pinOf(line, chip), writes, requests };
}
