/**
 * A chip that was cut off in the middle of a byte may hold the data line of its I2C bus low: to everyone else it looks as if nobody were there. Nine
 * clocks with the line let go, and a stop, make it let go too (UM10204, section 3.1.16). No program can move the clock of an adapter, but a read from
 * address 0x7f is just that: a start, eight bits of one, a ninth clock for an acknowledge, a stop. The address is reserved (UM10204, table 3: 1111 1XX)
 * and no part listens there. Decision 0013 says what adapters make of it.
 */
import { isFault } from "../core/faults.ts";
import type { I2cBus } from "./i2c.ts";

export const NOBODY = 0x7f;
/** After this many transfers in a row that nobody on the bus answered, whoever was asked, and after as many again. Our choice: a fifth of the transfers at most. */
const SILENCES = 4;

/** The same bus, which is clocked free where it falls silent as a whole. Faults reach the drivers as they are. */
export function recovering(bus: I2cBus): I2cBus {
  let silences = 0;

  async function watched<T>(transfer: Promise<T>): Promise<T> {
    try {
      const result = await transfer;
      silences = 0;
      return result;
    } catch (error) {
      if (isFault(error) && error.code === "bus/no-reply" && ++silences % SILENCES === 0) await bus.read(NOBODY, 1).catch(() => {}); // nobody answers there either
      throw error;
    }
  }

  return {
    write: (address, bytes) => watched(bus.write(address, bytes)),
    read: (address, length) => watched(bus.read(address, length)),
    writeRead: (address, register, length) => watched(bus.writeRead(address, register, length)),
  };
}
