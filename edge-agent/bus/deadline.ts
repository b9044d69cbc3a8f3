/** One transfer at a time, each watched: what outlives the deadline is reported, and nothing more is begun behind it. */
import type { Clock } from "../core/clock.ts";
import { hex, type I2cBus } from "./i2c.ts";
import type { Uart } from "./uart.ts";

/** Runs a transfer when those before it are over. `what` names it, should it never end. */
export type Guard = <T>(what: string, transfer: () => Promise<T>) => Promise<T>;

/**
 * For one wire that several sensors use at once. Transfers queue; waits between them do not hold the queue.
 * `overdue` is called once, with the transfer that outlived `deadline_s`. Only then: the transfer itself is left as it is, for nothing can end it but the process.
 */
export function guard(deadline_s: number, clock: Clock, overdue: (what: string) => void): Guard {
  let last: Promise<unknown> = Promise.resolve();

  async function watched<T>(what: string, transfer: () => Promise<T>): Promise<T> {
    const done = new AbortController();
    const late = async () => {
      await clock.sleep((deadline_s * 3) / 4, done.signal);
      await clock.sleep(deadline_s / 4, done.signal); // apart, so that a process that was kept from running sees its completed transfer first
      overdue(what);
    };
    late().catch(() => {}); // the transfer completed in time
    try {
      return await transfer();
    } finally {
      done.abort();
    }
  }

  return (what, transfer) => {
    const mine = last.then(() => watched(what, transfer));
    last = mine.catch(() => {}); // its caller hears of the failure; the next transfer must not
    return mine;
  };
}

export function guardedI2c(bus: I2cBus, guard: Guard): I2cBus {
  return {
    write: (address, bytes) => guard(`write to ${hex(address)}`, () => bus.write(address, bytes)),
    read: (address, length) => guard(`read from ${hex(address)}`, () => bus.read(address, length)),
    writeRead: (address, register, length) => guard(`read from ${hex(address)}`, () => bus.writeRead(address, register, length)),
  };
}

export function guardedUart(port: Uart, guard: Guard): Uart {
  return { request: (bytes, length, limit_s) => guard("request at the port", () => port.request(bytes, length, limit_s)) };
}
