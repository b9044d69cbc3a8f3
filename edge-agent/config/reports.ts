/** Report by exception: a deadband in a unit of the channel's quantity. */
import { quote } from "../contracts/explain.ts";
import { differenceOf } from "../core/difference.ts";
import { quantities, unitsOf } from "../core/quantities.ts";
import { type Remark, wrong } from "./problem.ts";
import { items, type View } from "./view.ts";

export function* reports(view: View): Generator<Remark> {
  for (const [{ report, quantity }, path] of items(view, "channels")) {
    if (report?.deadband === undefined || quantity === undefined || differenceOf(quantity, report.deadband) !== undefined) continue;
    yield wrong(
      [...path, "report", "deadband"],
      `found ${quote(report.deadband)}; write a ${quantity} above 0 with its unit, such as "0.2 ${quantities[quantity].unit}" (units: ${unitsOf(quantity).join(", ")})`,
    );
  }
}
