/**
 * Which outputs an alarm opens. Pure: station, phase and alarm in, output ids out.
 *
 * - `protect` acts in every phase and cannot be planned away.
 * - `stop` acts unless the phase plans the alarm and does not name it in `stop_test_on`.
 * - A permit that no interlock names for this alarm still opens when the alarm is a trip: a trip without effect would be worse than a test
 *   lost. It does so as `protect`, or as `stop` where stopping the test is all that its own interlocks use it for.
 * - A signal acts only where an interlock names it: de-energising is always the safe direction, switching something on is not
 *   (a purge fan in rich gas can make it flammable).
 */
import type { Interlock, Output, Station } from "../contracts/station.ts";
import type { AlarmName } from "../core/alarms.ts";
import type { Alarm } from "../core/judgement.ts";

type Intent = Station["intent"];
export type Interlocked = Pick<Station, "outputs" | "interlocks" | "intent">;
type Raised = Pick<Alarm, "alarm" | "severity" | "active">;

/** The first phase of the intent; none without an intent, and then nothing is planned. */
export const currentPhase = (intent: Intent): string | undefined => intent?.phases[0]?.id;

const phaseOf = (intent: Intent, phase: string | undefined) => intent?.phases.find(({ id }) => id === phase);

/** The intent expects this alarm in this phase. A phase that the intent does not have plans nothing. */
export const isPlanned = (intent: Intent, phase: string | undefined, alarm: AlarmName): boolean => phaseOf(intent, phase)?.planned.includes(alarm) ?? false;

const stopsTest = (intent: Intent, phase: string | undefined, alarm: AlarmName): boolean =>
  !isPlanned(intent, phase, alarm) || (phaseOf(intent, phase)?.stop_test_on.includes(alarm) ?? false);

/** Ids in the station file's order, each once; none for an alarm that is not active. An interlock acts at every severity of its alarm. */
export function outputsToOpen(station: Interlocked, phase: string | undefined, alarm: Raised): string[] {
  if (!alarm.active) return [];
  const stops = stopsTest(station.intent, phase, alarm.alarm);
  const acts = (rule: Pick<Interlock, "class">) => rule.class === "protect" || stops;
  return station.outputs.filter((output) => opens(output, station.interlocks, alarm, acts)).map(({ id }) => id);
}

function opens(output: Output, interlocks: readonly Interlock[], alarm: Raised, acts: (rule: Pick<Interlock, "class">) => boolean): boolean {
  const rules = interlocks.filter(({ open }) => open.includes(output.id));
  const own = rules.filter(({ when }) => when === alarm.alarm);
  if (own.length > 0) return own.some(acts);
  if (output.role !== "permit" || alarm.severity !== "trip") return false;
  return rules.length === 0 || rules.some(acts);
}
