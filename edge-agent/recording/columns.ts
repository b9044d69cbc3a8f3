/** The columns of a recording that a station reads, and rows → readings in canonical units. */
import type { Channel } from "../contracts/station.ts";
import { Fault } from "../core/faults.ts";
import { toCanonical } from "../core/quantities.ts";
import type { Reading } from "../core/sample.ts";
import type { Row } from "./rows.ts";

export interface ColumnOf {
  /** Index into the station's channels. */
  readonly channel: number;
  readonly column: string;
  readonly factor: number;
  readonly offset: number;
}

/** The station's replay channels; a Fault when there are none. */
export function replayColumns(channels: readonly Channel[]): ColumnOf[] {
  const columns = channels.flatMap(({ source, quantity, id }, channel): ColumnOf[] => {
    if (source.driver !== "replay" || !("column" in source)) return [];
    const conversion = toCanonical(quantity, String(source.unit));
    if (conversion === undefined) throw new Fault("config/invalid", `channel ${id}: unit "${source.unit}" is none of ${quantity}`);
    return [{ channel, column: String(source.column), factor: conversion[0], offset: conversion[1] }];
  });
  if (columns.length === 0)
    throw new Fault("config/invalid", "no channel has `source: {driver: replay, column: …, unit: …}`: nothing of this station can come from a recording");
  return columns;
}

/** Readings of one row, in channel order; blanks give none. */
export function readingsOf(row: Row, at_s: number, columns: readonly ColumnOf[]): Reading[] {
  const readings: Reading[] = [];
  for (const [index, { channel, factor, offset }] of columns.entries()) {
    const field = row.fields[index];
    if (field === undefined) continue;
    if (field === "malformed") readings.push({ channel, at_s, raw: Number.NaN });
    else readings.push({ channel, at_s, raw: field.value * factor + offset, ...(field.bound !== 0 && { bound: field.bound }) });
  }
  return readings;
}
