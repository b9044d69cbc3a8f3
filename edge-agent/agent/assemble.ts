/** A station → its decider: the one place where the parts of the path are put together, for the live agent and for a replay alike. */
import { monotonicFactory } from "ulid";
import { earlyWarning } from "../../models/early-warning.ts";
import type { Model } from "../../models/opinion.ts";
import { ascribed } from "../../models/station-map.ts";
import { AlarmEngine } from "../alarms/engine.ts";
import { votersOf } from "../contracts/derived.ts";
import type { Station } from "../contracts/station.ts";
import { isEventful } from "../core/eventful.ts";
import type { Alarm, Event } from "../core/judgement.ts";
import { currentPhase, isPlanned } from "../outputs/interlocks.ts";
import { Contacts } from "../pipeline/contacts.ts";
import { Coverage } from "../pipeline/coverage.ts";
import { Derived } from "../pipeline/derived.ts";
import { Intake } from "../pipeline/intake.ts";
import { delays } from "../pipeline/sample-line.ts";
import type { Stamper } from "../pipeline/stamper.ts";
import { firstReadingWithin_s } from "../sensors/open.ts";
import { Decider } from "./decider.ts";

export interface Assembly {
  readonly decider: Decider;
  readonly intake: Intake;
  readonly engine: AlarmEngine;
  readonly coverage: Coverage;
}

/** What detectors do not see: sensors that vote, since the vote speaks for them, and channels without a beat, whose silence would look like a lost sensor. */
const unheardOf = ({ channels }: Station): ReadonlySet<string> => new Set([...votersOf(channels), ...channels.filter(isEventful).map(({ id }) => id)]);

/** The station as detectors see it. */
export function heardOf(station: Station): Station {
  const unheard = unheardOf(station);
  return ascribed({ ...station, channels: station.channels.filter(({ id }) => !unheard.has(id)) });
}

/**
 * `act` opens outputs for a raised alarm; `random` in [0, 1) makes occurrences unique, so a fixed one makes a replay repeatable.
 * `model` is the full one unless another is to be compared with it.
 */
export function assemble(options: {
  readonly station: Station;
  readonly stamper: Stamper;
  readonly start_s: number;
  readonly act: (alarm: Alarm) => readonly Event[];
  readonly recorded: boolean;
  readonly random?: () => number;
  readonly model?: Model;
}): Assembly {
  const { station, stamper, start_s, act, recorded, random } = options;
  const unheard = unheardOf(station);
  const model = options.model ?? earlyWarning(heardOf(station));
  const ulid = monotonicFactory(random);
  const phase = currentPhase(station.intent);
  const intake = new Intake(station.channels, stamper, start_s, recorded, recorded ? undefined : firstReadingWithin_s);
  const engine = new AlarmEngine({
    occurrence: (at_s) => ulid(Number(stamper.stamp("occurrence", at_s) / 1_000_000n)),
    planned: (alarm) => isPlanned(station.intent, phase, alarm),
  });
  const coverage = new Coverage(station.channels);
  const contacts = new Contacts(station.channels);
  const derived = new Derived(station.channels, stamper);
  const decider = new Decider({
    channels: station.channels,
    intake,
    coverage,
    contacts,
    derived,
    unheard,
    delays: delays(station.channels),
    model,
    engine,
    stamper,
    act,
  });
  return { decider, intake, engine, coverage };
}
