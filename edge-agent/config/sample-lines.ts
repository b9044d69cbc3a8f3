/** Sample lines: they lead to a sensor that stands at one, and a meter measures their flow. */
import { quote } from "../contracts/explain.ts";
import { partner } from "./partners.ts";
import { type Remark, wrong } from "./problem.ts";
import { isRefused, items, type View } from "./view.ts";

export function* sampleLines(view: View): Generator<Remark> {
  for (const [channel, path] of items(view, "channels")) {
    const { line, place } = channel;
    if (line === undefined) continue;
    if (place !== "sample-line" && !isRefused(view, [...path, "place"]))
      yield wrong(
        place === undefined ? [...path, "line"] : [...path, "place"],
        `a line leads to a sensor outside the chamber; write "place: sample-line", or remove the line`,
      );
    const meter = yield* partner(view, [...path, "line", "flow"], channel, line.flow, ["flow"]);
    if (meter?.line !== undefined)
      yield wrong([...path, "line", "flow"], `${quote(meter.id)} has a line itself; name a meter that is believed without another`);
  }
}
