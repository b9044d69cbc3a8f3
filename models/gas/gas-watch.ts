/** Gas of every pack: how much was made, and whether a seal opened. */
import type { Station } from "../../edge-agent/contracts/station.ts";
import type { Finding } from "../../edge-agent/core/judgement.ts";
import { own } from "../keyed.ts";
import { measuredValue, showsRise } from "../measured-value.ts";
import type { Evidence } from "../opinion.ts";
import type { Stage } from "../stage.ts";
import { type AirState, seeAir, startAir } from "./air.ts";
import { type GasSpace, gasSpacesOf } from "./gas-space.ts";
import { amountsOf, type GasKnown, gasKnown, type InventoryState, seeGas } from "./inventory.ts";
import { seeEvidence, startVent, type VentState, type VentWatch, ventFindings, ventWatch } from "./vent.ts";

interface PackGas {
  air: AirState;
  inventory: InventoryState;
  vent: VentState;
}

/** By pack. */
export type GasWatchState = Record<string, PackGas>;

export interface GasWatch extends Stage<GasWatchState, Evidence, readonly Finding[]> {
  /** What is known of the amounts in a pack's gas space from those of its channels that are not lost. */
  known(state: GasWatchState, pack: string, alive: readonly string[], at_s: number): GasKnown;
}

const startPack = (): PackGas => ({ air: startAir(), inventory: {}, vent: startVent() });

/** Never throws on evidence: gaps, repeated times, missing values and bad quality are passed over. */
export function gasWatch(station: Station): GasWatch {
  const watches = new Map(gasSpacesOf(station).map((space) => [space.pack, ventWatch(station, space)]));
  const byChannel = new Map<string, VentWatch[]>();
  for (const watch of watches.values()) for (const id of channelsOf(watch)) byChannel.set(id, [...(byChannel.get(id) ?? []), watch]);
  return {
    start: () => ({}),
    step(state, { at_s, samples }) {
      const seen = new Set<VentWatch>();
      for (const sample of samples) {
        const value = measuredValue(sample);
        const saturated = sample.bound === 1 && sample.quality === "uncertain";
        if (value === undefined || (!showsRise(sample) && !saturated)) continue;
        for (const watch of byChannel.get(sample.channel) ?? []) {
          const { air, inventory, vent } = own(state, watch.space.pack, startPack);
          seeAir(air, watch.space, sample.channel, sample.at_s, value);
          seeGas(inventory, watch.space, air, sample, value);
          seeEvidence(vent, watch, air, sample, value);
          seen.add(watch);
        }
      }
      const findings = [...seen].flatMap((watch) => {
        const { air, vent } = own(state, watch.space.pack, startPack);
        return ventFindings(vent, watch, air, at_s);
      });
      return [state, findings];
    },
    known(state, pack, alive, at_s) {
      const space = watches.get(pack)?.space;
      if (space === undefined) return { reasons: [] };
      const { air, inventory, vent } = Object.hasOwn(state, pack) ? (state[pack] ?? startPack()) : startPack();
      return gasKnown(space, air, amountsOf(inventory, space, air, alive, Object.keys(vent.told).length > 0), at_s);
    },
  };
}

function channelsOf({ space, kinds }: VentWatch): Set<string> {
  const { thermometers, chamber, humidity, swelling }: GasSpace = space;
  return new Set([...kinds.keys(), ...[...thermometers, ...swelling, chamber, humidity].flatMap((channel) => channel?.id ?? [])]);
}
