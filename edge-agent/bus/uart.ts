/**
 * A serial port as drivers see it: one chip at its other end, which is asked and answers. 8 data bits, no parity, 1 stop bit.
 * A port has no frames: what is no answer is handed on apart, so that a late or doubled answer never passes for the next.
 */
export interface Uart {
  /**
   * Writes `bytes`, then waits until `length` bytes have come, for at most `limit_s`; the reply may be shorter, and empty: decoders check.
   * A limit below the bus's deadline lets a silent chip be a fault of its own, and not of the bus.
   */
  request(bytes: Uint8Array, length: number, limit_s: number): Promise<Answer>;
}

export interface Answer {
  /** What had come since the last reply, unasked, late or too much; the last of it where it is long. */
  readonly before: Uint8Array;
  readonly reply: Uint8Array;
}

/** The most that is kept of what nobody asked for. */
export const KEPT_bytes = 1024;
