/** Keeps a station connected: dials, waits with full jitter, dials again, until it is closed. */
import type { Clock } from "../core/clock.ts";
import { Fault, isFault } from "../core/faults.ts";
import type { Connection } from "./mqtt-connection.ts";

const backOff_s = { first: 1, most: 60 };
const steady_s = 10; // a connection that lived this long ends the back-off; one that is thrown out at once does not
const slower = 4; // doublings ahead where a person has to mend something: a password, a certificate

/** Seconds to wait before dial number `failures + 1`: full jitter below an exponential ceiling of 1 to 60 s. `chance` in [0, 1). */
export function wait_s(failures: number, fault: Fault, chance: number): number {
  const needsPerson = fault.code === "sink/unauthorised" || fault.code === "sink/certificate" || fault.code === "sink/secret-file";
  const ceiling_s = Math.min(backOff_s.most, backOff_s.first * 2 ** (failures + (needsPerson ? slower : 0)));
  return Math.max(0.1, chance * ceiling_s);
}

export interface Offline {
  readonly fault: Fault;
  /** Until the next dial. */
  readonly retryAfter_s: number;
}

export interface Session {
  /** Undefined while there is none. */
  connection(): Connection | undefined;
  /** The connection; waits for a dial under way, and says at once why there is none when no dial is. */
  ready(signal: AbortSignal): Promise<Connection | Offline>;
  close(): void;
}

export interface SessionOptions {
  readonly dial: (signal: AbortSignal) => Promise<Connection>;
  /** Called before anything else uses the connection: what it delivers comes first. */
  readonly connected: (connection: Connection) => void;
  readonly clock: Clock;
}

export function keepConnected({ dial, connected, clock }: SessionOptions): Session {
  const closing = new AbortController();
  const stopped = new Fault("sink/unreachable", "the agent stops");
  let current: Connection | undefined;
  let dialling: Promise<Connection | Fault> | undefined;
  let offline = { fault: stopped, until_s: 0 };

  async function attempt(): Promise<Connection | Fault> {
    try {
      const connection = await dial(closing.signal);
      if (!connection.over.aborted) {
        current = connection;
        connected(connection);
      }
      return connection;
    } catch (error) {
      // A bug in dialling must not end the loop and with it, silently, all delivery.
      return isFault(error) ? error : new Fault("sink/unreachable", "the connection failed in an unexpected way: please report this", { cause: error });
    }
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!closing.signal.aborted) {
      dialling = attempt();
      const result = await dialling;
      let fault: Fault;
      if (result instanceof Fault) fault = result;
      else {
        const since_s = clock.monotonic_s();
        fault = await ended(result);
        current = undefined;
        if (clock.monotonic_s() - since_s >= steady_s) failures = 0;
      }
      const delay_s = wait_s(failures++, fault, Math.random());
      offline = { fault, until_s: clock.monotonic_s() + delay_s };
      dialling = undefined;
      await clock.sleep(delay_s, closing.signal).catch(() => undefined);
    }
  }
  void run();

  return {
    connection: () => current,
    async ready(signal) {
      if (closing.signal.aborted) return { fault: stopped, retryAfter_s: 1 };
      const result = dialling && (await before(signal, dialling));
      if (result && !(result instanceof Fault) && !result.over.aborted) return result;
      const fault = result === undefined ? offline.fault : result instanceof Fault ? result : (result.over.reason as Fault);
      return { fault, retryAfter_s: Math.max(1, offline.until_s - clock.monotonic_s()) };
    },
    close: () => closing.abort(stopped),
  };
}

const ended = ({ over }: Connection): Promise<Fault> =>
  new Promise((resolve) => {
    if (over.aborted) resolve(over.reason);
    else over.addEventListener("abort", () => resolve(over.reason), { once: true });
  });

/** `promise`, or a Fault as soon as `signal` is aborted; leaves no listener on a signal that lives longer. */
export function before<T>(signal: AbortSignal, promise: Promise<T>): Promise<T | Fault> {
  const over = new AbortController();
  const aborted = new Promise<Fault>((resolve) => {
    const stop = () => resolve(new Fault("sink/unreachable", "stopped before the broker answered"));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true, signal: over.signal });
  });
  return Promise.race([promise, aborted]).finally(() => over.abort());
}
