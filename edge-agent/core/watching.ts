/**
 * Channels whose samples prove that the agent still sees danger: while one of them is usable the heartbeat turns. Where a station names essential
 * channels, these alone count. A switch that reads well, a set-point, a context channel and the cycler's own figures go on while every sensor is
 * dead, so they do not; the last two do where nothing else is essential.
 */
import { isEventful } from "./eventful.ts";
import type { QuantityName } from "./quantities.ts";

interface Seeing {
  readonly quantity: QuantityName;
  readonly place?: string | undefined;
  readonly role: string;
  readonly essential: boolean;
  readonly every_s: number;
}

const ofTheCycler: readonly QuantityName[] = ["voltage", "current", "power"];

const sees = (channel: Seeing): boolean => channel.quantity !== "contact" && channel.place !== "set-point" && !isEventful(channel);

const showsDanger = ({ quantity, role }: Seeing): boolean => role !== "context" && !ofTheCycler.includes(quantity);

export function watching<Channel extends Seeing>(channels: readonly Channel[]): readonly Channel[] {
  const seeing = channels.filter(sees);
  const essential = seeing.filter((channel) => channel.essential);
  const watchers = (essential.length > 0 ? essential : seeing).filter(showsDanger);
  return watchers.length > 0 ? watchers : essential;
}
