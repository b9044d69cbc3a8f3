/** Servers that take part where they are installed. */
import { spawnSync } from "node:child_process";
import { type Influxd, startInfluxd } from "../support/influxd.ts";
import { type Mosquitto, startMosquitto } from "../support/mosquitto.ts";
import type { Bench } from "./part.ts";

const isInstalled = (program: string, ask: string): boolean => spawnSync(program, [ask], { stdio: "ignore" }).error === undefined;

/** An empty influxd with the database `offgas`. */
export const maybeInfluxd = async (room: Bench["room"]): Promise<Influxd | undefined> =>
  isInstalled("influxd", "version") ? startInfluxd(room, { database: "offgas" }) : undefined;

export const maybeMosquitto = async (room: Bench["room"]): Promise<Mosquitto | undefined> =>
  isInstalled("mosquitto", "-h") ? startMosquitto(room) : undefined;
