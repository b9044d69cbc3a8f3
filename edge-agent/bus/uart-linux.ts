/**
 * The real port: `/dev/serial0`, `/dev/ttyUSB0` and the like through the package `serialport`, loaded here and nowhere else, in a process of its own.
 * A port that goes away, as a USB adapter does, ends the bus process: it is opened again when it is back.
 */
import { createRequire } from "node:module";
import { systemClock as clock } from "../core/clock.ts";
import { Fault } from "../core/faults.ts";
import { checkDevice } from "./device.ts";
import { type Answer, KEPT_bytes, type Uart } from "./uart.ts";

/** The part of the package that is used here. */
interface Addon {
  readonly SerialPort: new (settings: { path: string; baudRate: number; autoOpen: false }) => Port;
}
type Done = (error?: Error | null) => void;
interface Port {
  open(done: Done): void;
  write(bytes: Uint8Array, done: Done): void;
  /** Calls back once all is on the wire. */
  drain(done: Done): void;
  on(event: "data", hear: (bytes: Uint8Array) => void): void;
  on(event: "close" | "error", hear: Done): void;
}

/** Rejects with Fault `bus/unavailable` with what to do about it. */
export async function openLinuxPort(path: string, baud: number): Promise<Uart> {
  checkDevice(path, "dialout", "enable the serial port without a login shell on it (raspi-config), plug the adapter in, or name another path");
  const { SerialPort } = loadAddon();
  const port = new SerialPort({ path, baudRate: baud, autoOpen: false });
  await called((done) => port.open(done)).catch((error) => {
    throw new Fault("bus/unavailable", `${path} cannot be opened: ${error.message}; end what else uses it, such as a login shell (raspi-config)`, {
      cause: error,
    });
  });

  let heard: readonly number[] = [];
  let gone: Fault | undefined;
  let arrived = () => {};
  const lose = (error?: Error | null) => {
    gone ??= new Fault("bus/unavailable", `${path} went away${error ? `: ${error.message}` : ""}`);
    arrived();
  };
  port.on("close", lose);
  port.on("error", lose);
  port.on("data", (bytes) => {
    heard = [...heard, ...bytes].slice(-KEPT_bytes);
    arrived();
  });

  function take(length: number): Uint8Array {
    const taken = Uint8Array.from(heard.slice(0, length));
    heard = heard.slice(length);
    return taken;
  }

  async function hasCome(length: number, limit_s: number): Promise<void> {
    const over = new AbortController();
    arrived = () => (heard.length >= length || gone !== undefined) && over.abort();
    arrived();
    await clock.sleep(limit_s, over.signal).catch(() => {}); // it came in time
    arrived = () => {};
  }

  return {
    async request(bytes, length, limit_s): Promise<Answer> {
      const before = take(KEPT_bytes);
      if (gone === undefined) await called((done) => port.write(bytes, done)).catch(lose);
      if (gone === undefined) await called((done) => port.drain(done)).catch(lose);
      await hasCome(length, limit_s);
      if (gone !== undefined) throw gone;
      return { before, reply: take(length) };
    },
  };
}

const called = (begin: (done: Done) => void): Promise<void> => new Promise((resolve, reject) => begin((error) => (error ? reject(error) : resolve())));

function loadAddon(): Addon {
  try {
    return createRequire(import.meta.url)("serialport") as Addon;
  } catch (error) {
    throw new Fault("bus/unavailable", "the package serialport is not installed: install again (node deploy/bootstrap.mjs)", { cause: error });
  }
}
