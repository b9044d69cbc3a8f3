/** A station file on disk → the station, with its paths resolved. */
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { derivedOf } from "../contracts/derived.ts";
import { type Channel, isCsvTail, type Station } from "../contracts/station.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import { Fault } from "../core/faults.ts";
import { catalogue } from "../sensors/catalogue.ts";
import { problemText } from "./problem.ts";
import { readStation, type StationRead } from "./read.ts";
import { largestFile_Bytes } from "./syntax.ts";
import type { Check } from "./view.ts";

/** Throws `config/unreadable` when there is no such file, or it is no text. */
export function readStationFile(path: string, clock: Clock = systemClock, further: readonly Check[] = []): StationRead {
  const today = new Date(Number(clock.wall_ns() / 1_000_000n)).toISOString().slice(0, "2026-01-01".length);
  return readStation(textOf(path), { chips: catalogue, today, further });
}

/**
 * Paths in a station file (`password_file`, `token_file`, `ca_file`, `key_file`, `spool.directory`, `file` of a csv-tail source) are relative to the folder of the file,
 * so that a station can be moved as a whole and started from anywhere. Secrets are files; they are not read here.
 * Throws `config/unreadable`, or `config/invalid` with one line per error.
 */
export function loadStation(path: string, clock: Clock = systemClock): Station {
  const read = readStationFile(path, clock);
  if (read.ok) return atTruePace(resolvePaths(read.station, dirname(resolve(path))));
  const count = read.errors.length;
  throw new Fault(
    "config/invalid",
    [`${path} has ${count} error${count === 1 ? "" : "s"}`, ...read.errors.map((error) => problemText(path, error))].join("\n"),
  );
}

/**
 * No chip is read faster than it measures, whatever the file asks for (`check` warns): so its silence is judged by its own pace.
 * A derived channel keeps the pace of the fastest of its inputs.
 */
function atTruePace(station: Station): Station {
  const fastest_s = (driver: string): number => (Object.hasOwn(catalogue, driver) ? (catalogue[driver]?.fastest_s ?? 0) : 0);
  const measured = new Map(station.channels.map(({ id, every_s, source }) => [id, Math.max(every_s, fastest_s(source.driver))]));
  const pace_s = (channel: Channel): number => {
    const inputs = derivedOf(channel)?.of.flatMap((id) => station.channels.find((other) => other.id === id) ?? []) ?? [];
    return inputs.length === 0 ? (measured.get(channel.id) ?? channel.every_s) : Math.min(...inputs.map(pace_s));
  };
  return { ...station, channels: station.channels.map((channel) => ({ ...channel, every_s: pace_s(channel) })) };
}

export function resolvePaths(station: Station, folder: string): Station {
  const from = (path: string) => resolve(folder, path);
  return {
    ...station,
    channels: station.channels.map((channel) =>
      isCsvTail(channel.source) ? { ...channel, source: { ...channel.source, file: from(channel.source.file) } } : channel,
    ),
    sinks: station.sinks.map((sink) => ({
      ...sink,
      ...(sink.password_file !== undefined && { password_file: from(sink.password_file) }),
      ...("token_file" in sink && sink.token_file !== undefined && { token_file: from(sink.token_file) }),
      ...(sink.ca_file !== undefined && { ca_file: from(sink.ca_file) }),
      ...("commands" in sink && sink.commands && { commands: sink.commands.map((each) => ({ ...each, key_file: from(each.key_file) })) }),
    })),
    ...(station.spool !== undefined && { spool: { ...station.spool, directory: from(station.spool.directory) } }),
  };
}

const causes: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "it may not be read by this user",
  ENOTDIR: "part of the path is not a folder",
};

function textOf(path: string): string {
  const unreadable = (why: string, cause?: unknown) => new Fault("config/unreadable", `${path}: ${why}`, { cause });
  let bytes: Uint8Array;
  try {
    const found = statSync(path);
    if (!found.isFile()) throw unreadable("this is not a file; name the station file itself");
    if (found.size > largestFile_Bytes) throw unreadable(`larger than ${largestFile_Bytes} Bytes; is it a station file?`);
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof Fault) throw error;
    const { code = "" } = error as NodeJS.ErrnoException;
    throw unreadable(causes[code] ?? String(error), error);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw unreadable("this is not a text file in UTF-8", error);
  }
}
