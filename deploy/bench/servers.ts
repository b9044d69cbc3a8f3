/** How each server of the bench is started here, or what to install where it is missing. */
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { answers, listens } from "./answers.ts";
import { influxdbConfig, prepareInfluxdb } from "./influxdb.ts";
import { writeMosquittoConfig } from "./mosquitto.ts";
import { root } from "./order.ts";
import { findCommand, Part, type PartOptions } from "./part.ts";
import type { Ports } from "./ports.ts";
import { DATABASE, type StationOfScene } from "./scene.ts";
import { type Secrets, writePrivate } from "./secrets.ts";

export interface Bench {
  readonly data: string;
  readonly lock: number;
  readonly ports: Ports;
  readonly secrets: Secrets;
  readonly station: StationOfScene;
  /** A line for the person at the terminal. */
  say(text: string): void;
}

/** One of: a server to start, or why there is none. */
export type Server = { readonly part: Part; readonly state: string; readonly address: string; prepare?(): Promise<void> } | { readonly missing: string };

const AGAIN_s = 2;
const topicsOf = ({ site, station }: StationOfScene): string => `offgas/${site}/${station}`;

type Launch = Pick<PartOptions, "name" | "command" | "args" | "env" | "ready">;

function part({ data, lock, say }: Bench, launch: Launch): Part {
  const ended = (code: number | null) => {
    say(
      `${launch.name} ended (${code === null ? "killed" : `exit code ${code}`}) and is started again; ${join(data, "log", `${launch.name}.log`)} may say why`,
    );
    return AGAIN_s;
  };
  return new Part({ ...launch, data, lock, ended });
}

/** Both of its commands, or neither: the page speaks the protocol of the broker that is started. */
function mosquittoOf(): { readonly mosquitto: string; readonly hasher: string } | undefined {
  const [mosquitto, hasher] = [findCommand("mosquitto"), findCommand("mosquitto_passwd")];
  return mosquitto === undefined || hasher === undefined ? undefined : { mosquitto, hasher };
}

export function brokerOf(bench: Bench): Server {
  const { data, ports, secrets, station } = bench;
  const port = ports.broker;
  const address = `mqtt://127.0.0.1:${port}`;
  const ready = () => listens(port);
  const found = mosquittoOf();
  if (found !== undefined) {
    const { mosquitto, hasher } = found;
    const config = writeMosquittoConfig({ folder: join(data, "mosquitto"), port, topics: topicsOf(station), passwords: secrets.mqtt }, hasher);
    return { part: part(bench, { name: "broker", command: mosquitto, args: ["-c", config], ready }), state: "up: mosquitto", address };
  }
  const env = {
    OFFGAS_BROKER_PORT: String(port),
    OFFGAS_BROKER_TOPICS: topicsOf(station),
    OFFGAS_BROKER_PASSWORDS: JSON.stringify(secrets.mqtt),
  };
  const args = [join(root, "deploy/bench/embedded-broker.ts")];
  return {
    part: part(bench, { name: "broker", command: process.execPath, args, env, ready }),
    state: "up: embedded aedes, as mosquitto is not installed",
    address,
  };
}

export function influxdbOf(bench: Bench): Server {
  const { data, ports, secrets } = bench;
  const influxd = findCommand("influxd");
  if (influxd === undefined) return { missing: "not installed, samples wait in the spool: sudo apt-get install influxdb, then npm start again" };
  const folder = join(data, "influxdb");
  const config = join(folder, "influxdb.conf");
  writePrivate(config, influxdbConfig({ folder, port: ports.influxdb, auth: true }));
  const url = `http://127.0.0.1:${ports.influxdb}`;
  const { admin, agent, grafana } = secrets.influxdb;
  return {
    part: part(bench, { name: "influxdb", command: influxd, args: ["-config", config], ready: () => answers(`${url}/ping`, 204) }),
    state: "up",
    address: `${url}, database ${DATABASE}`,
    prepare: () => prepareInfluxdb(url, DATABASE, { admin, writers: { agent }, readers: { grafana } }),
  };
}

export function pageOf(bench: Bench): Server {
  const { data, ports, secrets, station } = bench;
  const url = `http://127.0.0.1:${ports.page}/`;
  const env = {
    OFFGAS_PAGE_PORT: String(ports.page),
    OFFGAS_PAGE_USER: PAGE_USER,
    OFFGAS_PAGE_PASSWORD_HASH: secrets.page_hash,
    OFFGAS_CREDENTIAL_SECRET: secrets.credential_secret,
    OFFGAS_MQTT_HOST: "127.0.0.1",
    OFFGAS_MQTT_PORT: String(ports.broker),
    OFFGAS_MQTT_PROTOCOL: mosquittoOf() === undefined ? "4" : "5",
    OFFGAS_MQTT_USER: "page",
    OFFGAS_MQTT_PASSWORD: secrets.mqtt.page,
    OFFGAS_SITE: station.site,
    OFFGAS_STATION: station.station,
    OFFGAS_COMMAND_KEY: secrets.command_key,
  };
  const args = ["--max-old-space-size=256", join(root, "node_modules/node-red/red.js"), "-s", join(root, "flows/settings.cjs"), "-u", join(data, "node-red")];
  // 401: it is up, and asks for the password
  const ready = () => answers(`${url}dashboard/`, 401);
  return { part: part(bench, { name: "page", command: process.execPath, args, env, ready }), state: "up: Node-RED", address: url };
}

export const PAGE_USER = "offgas";

export function grafanaOf(bench: Bench): Server {
  const { data, ports, secrets } = bench;
  const grafana = findCommand("grafana");
  if (grafana === undefined) return { missing: "not installed: put `grafana` of Grafana's own package on the PATH, then npm start again" };
  const home = ["/usr/share/grafana", dirname(dirname(realpathSync(grafana)))].find((folder) => existsSync(join(folder, "conf/defaults.ini")));
  if (home === undefined) return { missing: `${grafana} has no home folder with conf/defaults.ini beside it: install Grafana's package whole` };
  const url = `http://127.0.0.1:${ports.grafana}`;
  const env = {
    GF_SERVER_HTTP_ADDR: "127.0.0.1",
    GF_SERVER_HTTP_PORT: String(ports.grafana),
    GF_PATHS_DATA: join(data, "grafana"),
    GF_PATHS_LOGS: join(data, "log"),
    GF_PATHS_PROVISIONING: join(root, "dashboards/provisioning"),
    GF_SECURITY_ADMIN_PASSWORD: secrets.grafana_admin,
    GF_ANALYTICS_REPORTING_ENABLED: "false",
    GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
    GF_DASHBOARDS_MIN_REFRESH_INTERVAL: "1s",
    OFFGAS_DASHBOARDS: join(root, "dashboards/generated"),
    OFFGAS_INFLUX_URL: `http://127.0.0.1:${ports.influxdb}`,
    OFFGAS_INFLUX_DATABASE: DATABASE,
    OFFGAS_INFLUX_USER: "grafana",
    OFFGAS_INFLUX_PASSWORD: secrets.influxdb.grafana,
  };
  return {
    part: part(bench, { name: "grafana", command: grafana, args: ["server", "--homepath", home], env, ready: () => answers(`${url}/api/health`, 200) }),
    state: "up",
    address: `${url}, user admin, password in ${join(data, "secrets.json")}`,
  };
}
