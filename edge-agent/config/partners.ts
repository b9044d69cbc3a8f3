/** Channels that another channel needs: they exist, measure what is needed, and are measured themselves. */
import { quote } from "../contracts/explain.ts";
import type { QuantityName } from "../core/quantities.ts";
import { type Path, type Remark, wrong } from "./problem.ts";
import type { Draft } from "./shape.ts";
import { dangling, items, type View } from "./view.ts";

export type ChannelDraft = NonNullable<NonNullable<Draft["channels"]>[number]>;

/** A derived channel's source as far as it could be read. */
export function derivedDraft(
  channel: ChannelDraft | undefined,
): { readonly rule?: string; readonly of?: readonly string[]; readonly tolerance?: string } | undefined {
  const source = channel?.source as
    | { readonly driver?: unknown; readonly rule?: string; readonly of?: readonly string[]; readonly tolerance?: string }
    | undefined;
  return source?.driver === "derived" ? source : undefined;
}

/** The channel of that name where there is nothing to say against it; what is remarked is yielded. */
export function* partner(
  view: View,
  path: Path,
  owner: ChannelDraft,
  name: string | undefined,
  fitting: readonly QuantityName[],
): Generator<Remark, ChannelDraft | undefined> {
  if (name === undefined) return undefined;
  const message = dangling(view, "channels", name);
  if (message !== undefined) yield wrong(path, message);
  const found = [...items(view, "channels")].find(([{ id }]) => id === name)?.[0];
  if (found === undefined) return undefined;
  if (name === owner.id) yield wrong(path, `found ${quote(name)}, the channel itself; name another`);
  else if (found.quantity !== undefined && !fitting.includes(found.quantity))
    yield wrong(path, `found ${quote(name)}, a ${found.quantity} channel; name one of ${fitting.join(", ")}`);
  else if (derivedDraft(found) !== undefined && derivedDraft(owner) === undefined)
    yield wrong(path, `found ${quote(name)}, which is derived itself; name a channel that is measured`);
  else return found;
  return undefined;
}
