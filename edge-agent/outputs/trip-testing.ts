/** A proof test: permits are opened as a trip opens them, on a person's word, and each is timed until its line reads open. */
import type { TripTestRow } from "../contracts/command.ts";
import { didYouMean } from "../contracts/nearest.ts";
import { Fault } from "../core/faults.ts";
import type { OutputLine } from "./output-line.ts";

/** The permits to open: the one that was named, or all that are energised. Fault `command/refused` where that would prove nothing. */
export function toTest(lines: readonly OutputLine[], id: string | undefined): readonly OutputLine[] {
  const refused = (why: string) => new Fault("command/refused", `not tested: ${why}`);
  const permits = lines.filter(({ output }) => output.role === "permit");
  if (id === undefined) {
    const energised = permits.filter((line) => line.energised);
    if (energised.length === 0) throw refused("no permit is energised, so that nothing would open: arm first");
    return energised;
  }
  const ids = permits.map(({ output }) => output.id);
  const line = lines.find(({ output }) => output.id === id);
  if (line === undefined) throw refused(`no output "${id}"${didYouMean(id, ids)} (permits: ${ids.join(", ") || "none"})`);
  if (line.output.role !== "permit") throw refused(`${id} is a ${line.output.role}; only permits are tested (permits: ${ids.join(", ") || "none"})`);
  if (!line.energised) throw refused(`${id} is open already: arm first`);
  return [line];
}

/**
 * All lines are written before the first is read, as in a trip. A line that reads otherwise has failed, though it is written once more.
 * `now_s`: monotonic seconds.
 */
export function openTimed(lines: readonly OutputLine[], now_s: () => number): TripTestRow[] {
  const begun_s = now_s();
  for (const line of lines) line.set(false);
  return lines.map((line) => {
    const fault = line.check();
    const read_back_ms = Number(((now_s() - begun_s) * 1000).toFixed(3));
    if (fault !== undefined) line.set(false);
    return { output: line.output.id, opened: fault === undefined, read_back_ms, ...(fault !== undefined && { fault: fault.message }) };
  });
}

/** One line: who, what of each, what to do. */
export function sentence(actor: string, rows: readonly TripTestRow[]): string {
  const each = rows.map(({ output, opened, read_back_ms, fault }) => (opened ? `${output} read open after ${read_back_ms} ms` : `${output} FAILED: ${fault}`));
  return `trip-test by ${actor}: ${each.join("; ")}; arm again to go on`;
}
