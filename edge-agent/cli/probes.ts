/** What `offgas doctor` looks at. Each probe answers within a few seconds whatever hangs. */
import { accessSync, constants, existsSync, readdirSync, statfsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { dirname } from "node:path";
import { connect as connectTls } from "node:tls";
import { W1_DEVICES } from "../bus/one-wire-linux.ts";
import { type Bus, isCsvTail, isGpio, type Station } from "../contracts/station.ts";
import { type Clock, neverBefore_ns } from "../core/clock.ts";
import { isFault } from "../core/faults.ts";
import { gpioLines } from "../outputs/gpio.ts";
import { busSearch } from "./bus-search.ts";

export interface Probe {
  readonly subject: string;
  look(): Promise<{ readonly state: "fine" | "note" | "trouble"; readonly found: string; readonly fix?: string }>;
}
type Look = Awaited<ReturnType<Probe["look"]>>;

const LIMIT_ms = 3000;
/** The I2C bus on every Raspberry Pi's header. */
const HEADER = 1;

const fine = (found: string): Look => ({ state: "fine", found });
const note = (found: string, fix: string): Look => ({ state: "note", found, fix });
const trouble = (found: string, fix: string): Look => ({ state: "trouble", found, fix });

export function machineProbes(clock: Clock): Probe[] {
  return [
    { subject: "runtime", look: async () => fine(`Node ${process.versions.node} on ${process.platform}-${process.arch}`) },
    addon("onoff", "GPIO outputs"),
    addon("i2c-bus", "I2C sensors"),
    addon("serialport", "sensors and instruments on serial lines"),
    addon("koffi", "SPI sensors, and GPIO where sysfs is gone,"),
    {
      subject: "I2C devices",
      look: async () => {
        const devices = i2cDevices();
        return devices.length > 0
          ? fine(devices.map((device) => `i2c-${device}`).join(", "))
          : note("none", "on a Raspberry Pi: sudo raspi-config nonint do_i2c 0; elsewhere use --simulated");
      },
    },
    ...i2cDevices()
      .filter((device) => device === HEADER)
      .map(busSearch),
    {
      subject: "GPIO chips",
      look: async () => {
        const chips = await gpioLines().chips();
        return chips.length > 0 ? fine(chips.join(", ")) : note("none", "outputs of kind gpio cannot be armed here; use kind: simulated to try");
      },
    },
    {
      subject: "clock",
      look: async () =>
        clock.wall_ns() > neverBefore_ns
          ? fine(new Date(Number(clock.wall_ns() / 1_000_000n)).toISOString())
          : trouble(
              new Date(Number(clock.wall_ns() / 1_000_000n)).toISOString(),
              "the clock was never set: wait for NTP (timedatectl) or fit a real-time clock",
            ),
    },
  ];
}

export function stationProbes(station: Station): Probe[] {
  const { buses, channels, outputs, sinks, spool } = station;
  const tables = new Set(channels.flatMap(({ source }) => (isCsvTail(source) ? [source.file] : [])));
  return [
    ...buses.map(busProbe),
    ...buses.flatMap((bus) => (bus.kind === "i2c" && bus.device !== HEADER && i2cDevices().includes(bus.device) ? [busSearch(bus.device)] : [])),
    ...[...tables].map(table),
    ...outputs.flatMap(({ id, kind, chip, line }) => (kind === "gpio" && chip !== undefined && line !== undefined ? [gpio(`output ${id}`, chip, line)] : [])),
    ...channels.flatMap(({ id, source }) => (isGpio(source) ? [gpio(`contact ${id}`, source.chip, source.line)] : [])),
    ...(spool === undefined ? [] : [folder(spool.directory, spool.budget_Bytes)]),
    ...sinks.map(({ kind, url }) => {
      const { hostname, port, protocol } = new URL(url);
      const tls = protocol === "https:" || protocol === "mqtts:";
      const usual = { "http:": 8086, "https:": 8086, "mqtt:": 1883, "mqtts:": 8883 }[protocol] ?? 8086;
      return reach(`${kind} sink`, hostname, port === "" ? usual : Number(port), tls);
    }),
  ];
}

function busProbe(bus: Bus): Probe {
  const subject = `bus ${bus.id}`;
  if (bus.kind === "i2c") return device(subject, `/dev/i2c-${bus.device}`, "enable the bus (raspi-config), check `device`", "i2c");
  if (bus.kind === "spi") return device(subject, spiDevice(bus.device), "enable the bus (raspi-config), check `device`", "spi");
  if (bus.kind === "one-wire") return oneWire(subject);
  if (bus.kind === "uart") return device(subject, bus.path, "enable the port (raspi-config, without a login shell on it), check `path`", "dialout");
  if (bus.kind === "modbus-rtu") return device(subject, bus.path, "plug the adapter in, check `path`", "dialout");
  return reach(subject, bus.host, bus.port, false);
}

const addon = (name: string, use: string): Probe => ({
  subject: name,
  look: async () => {
    try {
      createRequire(import.meta.url)(name);
      return fine(`loads: ${use} are possible`);
    } catch (error) {
      return note(
        `${use} are not possible: ${(error as Error).message.split("\n", 1)[0]}`,
        "sudo apt-get install build-essential python3, then node deploy/bootstrap.mjs",
      );
    }
  },
});

/** Of the chip selects the first, or the one that would be. */
function spiDevice(device: number): string {
  const there = readdirSync("/dev").filter((name) => name.startsWith(`spidev${device}.`));
  return `/dev/${there.sort()[0] ?? `spidev${device}.0`}`;
}

/** Each folder with a dash is a chip: "28-0123456789ab". */
const oneWire = (subject: string): Probe => ({
  subject,
  look: async () => {
    if (!existsSync(W1_DEVICES))
      return trouble(`${W1_DEVICES} is not there`, "enable 1-Wire: dtoverlay=w1-gpio in config.txt and reboot; or run with --simulated");
    const chips = readdirSync(W1_DEVICES).filter((name) => name.includes("-"));
    return chips.length > 0 ? fine(chips.join(", ")) : trouble("no chip on the wire", "check the data line's 4.7 kOhm to 3.3 V");
  },
});

const device = (subject: string, path: string, remedy: string, group: string): Probe => ({
  subject,
  look: async () => {
    if (!existsSync(path)) return trouble(`${path} is not there`, `${remedy}, or run with --simulated`);
    return mayUse(path)
      ? fine(`${path} can be opened`)
      : trouble(`${path} may not be used by this user`, `add the user to the group ${group} and log in again`);
  },
});

/** Looked at as the agent does, which waits for a file that is not there yet. */
const table = (file: string): Probe => ({
  subject: "csv-tail",
  look: async () => {
    const late = new Promise<Look>((resolve) =>
      setTimeout(() => resolve(trouble(`${file}: its disk or share does not answer`, "mount it again")), LIMIT_ms).unref(),
    );
    const look = stat(file).then(
      (found) => (found.isFile() ? fine(`${file}: ${found.size} Bytes`) : trouble(`${file} is no file`, "name the file that the cycler writes")),
      (error: NodeJS.ErrnoException) => note(`${file} is not there (${error.code})`, "begin the cycler's export, or mount its share"),
    );
    return Promise.race([look, late]);
  },
});

const gpio = (subject: string, chip: string, line: number): Probe => ({
  subject,
  look: async () => {
    try {
      return fine(await gpioLines().find(chip, line));
    } catch (error) {
      if (!isFault(error)) throw error;
      return { state: "trouble", found: error.message };
    }
  },
});

const folder = (directory: string, budget_Bytes: number): Probe => ({
  subject: "spool",
  look: async () => {
    const there = existsSync(directory) ? directory : dirname(directory);
    if (!mayUse(there)) return trouble(`${there} may not be written by this user`, `sudo install -d -o "$USER" ${directory}`);
    const { bavail, bsize } = statfsSync(there);
    const free_Bytes = bavail * bsize;
    const room = `${(free_Bytes / 1e9).toFixed(1)} GB free for a budget of ${(budget_Bytes / 1e9).toFixed(1)} GB`;
    return free_Bytes > budget_Bytes ? fine(`${directory}: ${room}`) : note(`${directory}: ${room}`, "free space or set a smaller spool.budget");
  },
});

/** A connection and nothing more; the certificate is the sink's own business and judged when it sends. */
const reach = (subject: string, host: string, port: number, tls: boolean): Probe => ({
  subject,
  look: () =>
    new Promise((resolve) => {
      const socket = tls ? connectTls({ host, port, rejectUnauthorized: false }) : connect({ host, port });
      const answer = (look: Look) => {
        socket.destroy();
        resolve(look);
      };
      socket.setTimeout(LIMIT_ms, () => answer(trouble(`${host}:${port} does not answer`, "check the address, the network and the firewall")));
      socket.once(tls ? "secureConnect" : "connect", () => answer(fine(`${host}:${port} answers`)));
      socket.once("error", (error) =>
        answer(trouble(`${host}:${port}: ${error.message}`, "start the server, or correct the url; samples wait in the spool meanwhile")),
      );
    }),
});

function mayUse(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function i2cDevices(): number[] {
  const names = existsSync("/dev") ? readdirSync("/dev") : [];
  return names.flatMap((name) => (/^i2c-\d+$/.test(name) ? [Number(name.slice("i2c-".length))] : [])).sort((a, b) => a - b);
}
