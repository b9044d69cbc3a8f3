/**
 * The real Modbus wire: one request at a time, each answered or given up well within the bus's deadline, so that the process lives on and the
 * other units with it. A connection is kept, and made again after trouble with growing waits; a unit that does not answer is left alone likewise.
 */
import type { Clock } from "../core/clock.ts";
import { Fault, isFault } from "../core/faults.ts";
import { bytesOf, type ModbusBus, type ModbusTable, refusal, spokenRange } from "./modbus.ts";
import type { Connection, Dial } from "./modbus-dial.ts";

/** Of the deadline: dialling and request together. The rest is for a process that was kept from running. */
const SHARE = 0.7;
const FIRST_WAIT_s = 0.5;
const LONGEST_WAIT_s = 5;

/** Trouble in a row, and until when nothing is tried. */
interface Pause {
  readonly failures: number;
  readonly until_s: number;
  readonly why: string;
}

/**
 * `telltale`: whether an answer says which request it belongs to, as over TCP. Where it does not, a late one could be taken for the next: after a
 * silence the unit is asked nothing for a deadline, so that an answer up to that late is dropped.
 */
export function modbusClient(dial: Dial, telltale: boolean, deadline_s: number, clock: Clock): ModbusBus {
  let connection: Connection | undefined;
  let dialling: Pause | undefined;
  const silent = new Map<number, Pause>();

  const standing = (pause: Pause | undefined): void => {
    const left_s = (pause?.until_s ?? 0) - clock.monotonic_s();
    if (pause !== undefined && left_s > 0) throw new Fault("bus/no-reply", `${pause.why}; asked again in ${left_s.toFixed(1)} s`);
  };
  const after = (pause: Pause | undefined, why: string, first_s: number, none: 0 | 1): Pause => {
    const failures = (pause?.failures ?? 0) + 1;
    return { failures, why, until_s: clock.monotonic_s() + Math.min(LONGEST_WAIT_s, first_s * (2 ** (failures - 1) - none)) };
  };

  async function connected(signal: AbortSignal): Promise<Connection> {
    if (connection !== undefined && !connection.lost.aborted) return connection;
    standing(dialling);
    try {
      connection = await dial(signal);
      dialling = undefined;
      return connection;
    } catch (error) {
      const why = signal.aborted ? "cannot be reached: no answer to the attempt to connect" : (error as Error).message;
      dialling = after(dialling, why, FIRST_WAIT_s, 0);
      throw isFault(error) ? error : new Fault("bus/no-reply", why, { cause: error });
    }
  }

  async function ask(signal: AbortSignal, unit: number, table: ModbusTable, start: number, count: number): Promise<Uint8Array> {
    const what = spokenRange(unit, table, start, count);
    const there = await connected(signal);
    const ends = new AbortController();
    try {
      const reply = await Promise.race([request(there.client, unit, table, start, count), broken(there.lost, ends.signal), broken(signal, ends.signal)]);
      if (reply.length !== bytesOf(table, count))
        throw new Fault("sensor/malformed", `${what}: ${reply.length} bytes came where ${bytesOf(table, count)} were due`);
      silent.delete(unit);
      return reply;
    } catch (error) {
      const { modbusCode } = error as { modbusCode?: number };
      if (modbusCode !== undefined) throw refusal(modbusCode, what);
      there.spoil();
      if (signal.aborted) silent.set(unit, after(silent.get(unit), `unit ${unit} does not answer`, deadline_s, telltale ? 1 : 0));
      throw signal.aborted ? new Fault("bus/no-reply", `${what}: no whole answer within ${Math.round(deadline_s * SHARE * 1000)} ms`) : named(error, what);
    } finally {
      ends.abort();
    }
  }

  return {
    async read(unit, table, start, count) {
      standing(silent.get(unit));
      const over = new AbortController();
      const late = clock.sleep(deadline_s * SHARE, over.signal).then(() => over.abort());
      late.catch(() => {}); // answered in time
      try {
        return await ask(over.signal, unit, table, start, count);
      } finally {
        over.abort();
      }
    },
  };
}

function request(client: Connection["client"], unit: number, table: ModbusTable, start: number, count: number): Promise<Uint8Array> {
  const begin = { coil: client.writeFC1, discrete: client.writeFC2, holding: client.writeFC3, input: client.writeFC4 }[table];
  return new Promise((resolve, reject) => {
    begin.call(client, unit, start, count, (error: Error | null, reply: { readonly buffer: Buffer }) => (error ? reject(error) : resolve(reply.buffer)));
  });
}

/** Rejects once `signal` is aborted; listens until `ends` is: a connection outlives its requests by months. */
function broken(signal: AbortSignal, ends: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(new Fault("bus/no-reply", String(signal.reason)));
    signal.addEventListener("abort", () => reject(new Fault("bus/no-reply", String(signal.reason))), { once: true, signal: ends });
  });
}

/** The package tells its complaints apart by their words alone. */
function named(error: unknown, what: string): Fault {
  if (isFault(error)) return error.message.startsWith(what) ? error : new Fault(error.code, `${what}: ${error.message}`, { cause: error });
  const { message } = error as Error;
  if (message === "CRC error") return new Fault("sensor/checksum", `${what}: the answer failed its checksum`, { cause: error });
  if (/expected address/.test(message)) return new Fault("sensor/wrong-device", `${what}: another unit answered`, { cause: error });
  if (/Port Not Open/.test(message)) return new Fault("bus/no-reply", `${what}: the connection is closed`, { cause: error });
  return new Fault("sensor/malformed", `${what}: the answer is none to this request (${message})`, { cause: error });
}
