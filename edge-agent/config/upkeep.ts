/** What a channel needs to be worth believing: calibration in date, response times, a minimum coverage. */
import { type QuantityName, quantityOf } from "../core/quantities.ts";
import { doubtful, type Remark, wrong } from "./problem.ts";
import { items, type View } from "./view.ts";

export function* upkeep(view: View): Generator<Remark> {
  let channels = 0;
  let essential = 0;
  let recorded = 0;
  let live = 0;
  for (const [channel, path] of items(view, "channels")) {
    channels++;
    if (channel.essential === true) essential++;
    const driver: unknown = channel.source?.driver;
    if (driver === "replay") recorded++;
    else if (driver !== undefined && driver !== "derived") live++;

    const { date, expires } = channel.calibration ?? {};
    const at = [...path, "calibration"];
    if (date !== undefined && expires !== undefined && expires <= date)
      yield wrong([...at, "expires"], `found ${expires}, which is not after the calibration's date ${date}`);
    else if (expires !== undefined && expires < view.today)
      yield doubtful([...at, "expires"], `the calibration expired on ${expires}: readings are uncertain until it is renewed`);
    if (date !== undefined && date > view.today) yield doubtful([...at, "date"], `found ${date}, which is in the future`);

    if (channel.quantity !== undefined && isGas(channel.quantity, channel.gas) && channel.t90 === undefined && driver !== "derived") {
      yield doubtful(path, 'a gas channel without t90: its response time counts as 0; add "t90: 60 s" from the data sheet');
    }
    if (channel.contact !== undefined && channel.quantity !== undefined && channel.quantity !== "contact")
      yield wrong([...path, "contact"], `contact says what a switch means, and this is a ${channel.quantity}: remove it, or write "quantity: contact"`);
    if (channel.gas !== undefined && channel.quantity !== undefined && channel.quantity !== "flow") {
      yield doubtful([...path, "gas"], "gas says what a flow is of; here the quantity says it: remove it");
    }
  }
  if (channels > 0 && essential === 0)
    yield { ...doubtful(["channels"], 'no channel is essential: losing all sensors is no coverage-lost; add "essential: true"'), atKey: true };
  if (recorded > 0 && live > 0) {
    yield {
      ...doubtful(["channels"], "some channels are replay, others live: `run` reads live devices, `replay` reads only the recording's columns"),
      atKey: true,
    };
  }
}

const isGas = (quantity: QuantityName, flowing: string | undefined): boolean =>
  quantityOf(quantity).gas !== undefined || (quantity === "flow" && flowing !== undefined);
