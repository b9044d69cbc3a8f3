/** Outputs, the interlocks that open them, and the intent of the run. */
import { quote } from "../contracts/explain.ts";
import { type AlarmName, classRunaway } from "../core/alarms.ts";
import { doubtful, type Path, type Remark, wrong } from "./problem.ts";
import type { Draft } from "./shape.ts";
import { isRefused, items, type View } from "./view.ts";

type Output = NonNullable<NonNullable<Draft["outputs"]>[number]>;

/** As the station schema defaults it. */
const roleOf = ({ role, energised_means }: Output): string => role ?? (energised_means === "active" ? "signal" : "permit");
const roleIsKnown = (view: View, path: Path): boolean => !isRefused(view, [...path, "role"]) && !isRefused(view, [...path, "energised_means"]);

export function* outputs(view: View): Generator<Remark> {
  for (const [output, path] of items(view, "outputs")) {
    const role = roleOf(output);
    if (role === "heartbeat" && output.period === undefined) yield wrong([...path, "period"], 'a heartbeat needs a period; add "period: 1 s"');
    if (role !== "heartbeat" && output.period !== undefined) yield doubtful([...path, "period"], "only a heartbeat has a period; remove it");
    if (output.kind !== "gpio") continue;
    if (output.chip === undefined)
      yield wrong([...path, "chip"], 'a gpio output needs the label of its chip; add "chip: pinctrl-bcm2835" (`gpiodetect` lists labels)');
    if (output.line === undefined) yield wrong([...path, "line"], 'a gpio output needs its line on the chip; add "line: 17"');
  }
}

export function* interlocks(view: View): Generator<Remark> {
  const roles = new Map([...items(view, "outputs")].flatMap(([output, path]) => (roleIsKnown(view, path) ? [[output.id, roleOf(output)] as const] : [])));
  const named = new Set<string>();
  for (const [{ open }, path] of items(view, "interlocks")) {
    if (open === undefined) continue;
    for (const [index, id] of open.entries()) {
      if (id === undefined) continue;
      named.add(id);
      if (roles.get(id) === "heartbeat")
        yield wrong([...path, "open", index], `${quote(id)} is the heartbeat, which only the agent's own progress drives; name permits or signals`);
    }
  }
  for (const [output, path] of items(view, "outputs")) {
    if (output.id !== undefined && roleOf(output) === "permit" && !named.has(output.id)) {
      yield doubtful(path, `no interlock names ${quote(output.id)}: it opens on every alarm of severity trip`);
    }
  }
}

/** Trouble with the station itself is nothing that a test could intend. */
const neverPlanned: readonly AlarmName[] = ["sensor-lost", "coverage-lost", "agent-degraded", "clock-unsure", "store-backlog", "mains-lost"];

export function* intent({ draft, line }: View): Generator<Remark> {
  const first = new Map<string, Path>();
  for (const [index, phase] of (draft.intent?.phases ?? []).entries()) {
    if (phase === undefined) continue;
    const path: Path = ["intent", "phases", index];
    if (phase.id !== undefined) {
      const earlier = first.get(phase.id);
      if (earlier === undefined) first.set(phase.id, path);
      else yield wrong([...path, "id"], `found ${quote(phase.id)}, which the phase on line ${line(earlier)} has already; ids of phases are unique`);
    }
    for (const [place, alarm] of (phase.planned ?? []).entries()) {
      if (alarm === undefined) continue;
      if (neverPlanned.includes(alarm)) yield wrong([...path, "planned", place], `${alarm} is trouble with the station; it cannot be planned: remove it`);
      if (classRunaway.includes(alarm) && draft.intent?.kind !== undefined && draft.intent.kind !== "abuse")
        yield doubtful([...path, "planned", place], `${alarm} is planned in a run of kind ${draft.intent.kind}; is it not abuse?`);
    }
  }
}
