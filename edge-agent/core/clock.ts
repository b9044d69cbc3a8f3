/** Time is passed in. Durations come from the monotonic reading, stamps from the wall. */
export interface Clock {
  /** Monotonic seconds since an arbitrary origin that all processes of this machine share. */
  monotonic_s(): number;
  /** Wall time, nanoseconds since 1970. May jump. */
  wall_ns(): bigint;
  /** Resolves after `delay_s`, however long, or never where it is Infinity; rejects with the signal's reason when it is aborted. */
  sleep(delay_s: number, signal?: AbortSignal): Promise<void>;
}

/** 2026-01-01: this program did not exist before. A wall clock that says so was never set. */
export const neverBefore_ns = 1_767_225_600_000_000_000n;

/** A timer of Node that is to wait longer than this fires at once. */
const longestTimer_ms = 2 ** 31 - 1;

export const systemClock: Clock = {
  monotonic_s: () => Number(process.hrtime.bigint()) / 1e9,
  wall_ns: () => BigInt(Date.now()) * 1_000_000n,
  sleep(delay_s, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const done = () => {
        signal?.removeEventListener("abort", stopped);
        resolve();
      };
      let timer: NodeJS.Timeout;
      const wait = (left_ms: number) => {
        const piece_ms = Math.min(left_ms, longestTimer_ms);
        timer = setTimeout(() => (left_ms > piece_ms ? wait(left_ms - piece_ms) : done()), piece_ms);
      };
      wait(delay_s * 1000);
      const stopped = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", stopped, { once: true });
    });
  },
};
