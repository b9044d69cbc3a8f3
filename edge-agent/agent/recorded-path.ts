/** The path of decisions for a recording: on its clock, with outputs that are simulated, the same at every run. */
import type { Model } from "../../models/opinion.ts";
import type { Station } from "../contracts/station.ts";
import type { Event } from "../core/judgement.ts";
import { openOutputs } from "../outputs/outputs.ts";
import { simulatedLines } from "../outputs/simulated.ts";
import type { Drop } from "../pipeline/quality.ts";
import { Stamper } from "../pipeline/stamper.ts";
import { assemble } from "./assemble.ts";
import type { Decider } from "./decider.ts";

export interface RecordedPath {
  readonly start_s: number;
  readonly decider: Decider;
  /** Of opening and arming the outputs. */
  readonly events: readonly Event[];
  /** The intake's own counters. */
  readonly dropped: Readonly<Record<Drop, number>>;
}

/** Outputs are armed from the first row, at `start_s`, so that the timeline shows what would have opened. `model`: in the place of the full one. */
export async function openRecordedPath(station: Station, start_s: number, model?: Model): Promise<RecordedPath> {
  // no stamp is shown in a timeline: a fixed wall and a fixed chance make two replays of one recording equal byte for byte
  const stamper = new Stamper({ clock: { wall_ns: () => 0n }, at_s: start_s });
  const { outputs, events } = await openOutputs(station, { gpio: simulatedLines, simulated: simulatedLines }, start_s);
  const { decider, intake } = assemble({
    station,
    stamper,
    start_s,
    act: (alarm) => outputs.act(alarm),
    recorded: true,
    random: () => 0,
    ...(model && { model }),
  });
  const permits = station.outputs.some(({ role }) => role === "permit");
  const armed = permits ? outputs.arm({ at_s: start_s, actor: "replay", because: "replay", standing: [] }).events : [];
  return { start_s, decider, events: [...events, ...armed], dropped: intake.dropped };
}
