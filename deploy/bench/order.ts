/** The command line of the bench → what to play, where. */
import { existsSync, globSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { didYouMean } from "../../edge-agent/contracts/nearest.ts";

export const root = resolve(import.meta.dirname, "../..");
const cases = join(root, "tests/cases");

/** A recorded case, played round after round. */
export interface Scene {
  readonly name: string;
  readonly station: string;
  readonly recording: string;
  readonly from_s: number;
  readonly until_s: number;
  readonly speed: number;
}

/** A person's own station, with its sensors or, simulated, without. */
export interface OwnStation {
  readonly station: string;
  readonly simulated: boolean;
}

export interface Order {
  readonly plays: Scene | OwnStation;
  /** Page, broker, InfluxDB and Grafana, one after the other. */
  readonly port: number;
  readonly data: string;
  readonly newPassword: boolean;
}

/** A person's spelling: exit code 2. */
export class WrongUsage extends Error {}

/** Where a scene that is mostly waiting begins and ends when nothing else is asked for. */
const rounds: Readonly<Record<string, readonly [from_s: number, until_s: number]>> = {
  // 190 s before the gas; all nine cells have run away by 1840 s, and an hour of cooling follows
  "ul-fsri": [1500, 2100],
};

/** Throws WrongUsage. */
export function orderOf(argv: readonly string[]): Order {
  const { values } = parsed(argv);
  const port = number("--port", values.port);
  if (!Number.isInteger(port) || port < 1024 || port > 65_532) throw new WrongUsage(`--port ${values.port} is not a whole number from 1024 to 65532`);
  // npm runs scripts in the project's root; a person names files from where they stand
  const here = process.env.INIT_CWD ?? ".";
  const order = { port, data: resolve(here, values.data), newPassword: values["new-password"] };
  const { config, simulated, scene = "ul-fsri", speed = "1", from, until } = values;
  if (config === undefined) {
    if (simulated) throw new WrongUsage("--simulated needs --config: a recording has no chips");
    return { ...order, plays: cut(sceneOf(scene, number("--speed", speed)), from, until) };
  }
  const [foreign] = ["scene", "speed", "from", "until"].filter((name) => Object.hasOwn(values, name));
  if (foreign !== undefined) throw new WrongUsage(`--${foreign} is for a recording, and --config names a station of your own: leave one out`);
  const station = resolve(here, config);
  if (!existsSync(station)) throw new WrongUsage(`--config ${config} does not exist`);
  return { ...order, plays: { station, simulated } };
}

function cut(scene: Scene, from: string | undefined, until: string | undefined): Scene {
  const from_s = from === undefined ? scene.from_s : number("--from", from);
  const until_s = until === undefined ? scene.until_s : number("--until", until);
  if (!(scene.speed > 0 && scene.speed <= 1000)) throw new WrongUsage(`--speed ${scene.speed} is not above 0 and at most 1000`);
  if (!(from_s < until_s)) throw new WrongUsage(`--from ${from_s} is not below --until ${until_s}`);
  return { ...scene, from_s, until_s };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        scene: { type: "string" },
        speed: { type: "string" },
        from: { type: "string" },
        until: { type: "string" },
        config: { type: "string" },
        simulated: { type: "boolean", default: false },
        port: { type: "string", default: "18800" },
        data: { type: "string", default: join(root, ".bench") },
        "new-password": { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new WrongUsage((error as Error).message);
  }
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) throw new WrongUsage(`${option} ${text} is not a number`);
  return value;
}

function sceneOf(name: string, speed: number): Scene {
  const names = readdirSync(cases, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  if (!names.includes(name)) {
    throw new WrongUsage(`no scene "${name}"${didYouMean(name, names) || ";"} scenes: ${names.join(", ")}`);
  }
  const folder = join(cases, name);
  const station = join(folder, "station.yaml");
  const [recording] = globSync(join(folder, "run.csv{,.gz}"));
  if (!existsSync(station) || recording === undefined) throw new WrongUsage(`${relative(root, folder)} holds no station.yaml with a run.csv or run.csv.gz`);
  const [from_s, until_s] = rounds[name] ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return { name, station, recording, from_s, until_s, speed };
}
