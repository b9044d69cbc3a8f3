/** What the station file says of the gas space of a pack, and which channels stand in it. */
import type { Channel, Station } from "../../edge-agent/contracts/station.ts";
import type { GasSpecies } from "../../edge-agent/core/quantities.ts";
import { quantityOf } from "../../edge-agent/core/quantities.ts";
import { isGasChannel } from "../off-gas.ts";
import { speciesParams } from "../params/gas.ts";
import { chamberOf, isOnCell, packAround } from "../station-map.ts";

export type Species = Exclude<GasSpecies, "o2">;

export interface GasSpace {
  readonly pack: string;
  readonly cells: readonly string[];
  readonly sealed: boolean;
  /** Undefined: amounts cannot be known. */
  readonly known: Known | undefined;
  /** What is missing for amounts, in words; undefined where nothing is. */
  readonly missing: string | undefined;
  /** Whose amount a sensor tells, in ppm. */
  readonly amounts: readonly { readonly channel: Channel; readonly species: Species }[];
  /** A rise of these is gas. */
  readonly gases: readonly Channel[];
  readonly thermometers: readonly Channel[];
  readonly chamber: Channel | undefined;
  readonly pressure: Channel | undefined;
  /** Of room air: where the space is one of air. */
  readonly humidity: Channel | undefined;
  /** Thickness and force of its cells. */
  readonly swelling: readonly Channel[];
}

export interface Known {
  readonly volume_L: number;
  /** 1/h; 0 in a sealed space. */
  readonly ventilation_per_h: number;
  readonly leakKnown: boolean;
}

export function gasSpacesOf(station: Station): GasSpace[] {
  const packs = [...new Set(station.cells.map(({ pack }) => pack))];
  return packs.map((pack) => {
    const cells = station.cells.filter((cell) => cell.pack === pack).map(({ id }) => id);
    const here = station.channels.filter((channel) => packAround(station, channel) === pack);
    const space = station.packs.find(({ id }) => id === pack)?.gas_space;
    const gases = here.filter(isGasChannel);
    const [first] = cells;
    return {
      pack,
      cells,
      sealed: space?.sealed === true,
      ...amountsKnown(space),
      amounts: gases.flatMap((channel) => {
        const species = speciesOf(channel);
        return species === undefined ? [] : [{ channel, species }];
      }),
      gases,
      thermometers: here.filter(isOnCell),
      chamber: first === undefined ? undefined : chamberOf(station, first),
      pressure: here.find(({ quantity }) => quantity === "pressure"),
      humidity: space?.atmosphere === "air" ? here.find(({ quantity }) => quantity === "humidity") : undefined,
      swelling: here.filter(({ quantity, at }) => (quantity === "thickness" || quantity === "force") && "cell" in at),
    };
  });
}

/** Where the channel's number is a share of a gas. */
function speciesOf({ quantity }: Channel): Species | undefined {
  const { gas, unit } = quantityOf(quantity);
  return gas !== undefined && gas !== "o2" && unit === "ppm" && Object.hasOwn(speciesParams, gas) ? gas : undefined;
}

type Space = NonNullable<Station["packs"][number]["gas_space"]>;

function amountsKnown(space: Space | undefined): Pick<GasSpace, "known" | "missing"> {
  const volume_L = space?.free_volume_L;
  if (typeof volume_L !== "number" || volume_L <= 0) return { known: undefined, missing: "its free volume" };
  const leak = space?.leak_rate_per_h;
  const leak_per_h = typeof leak === "number" ? leak : 0;
  const ventilation = space?.ventilation_per_h;
  if (space?.sealed !== true && typeof ventilation !== "number") return { known: undefined, missing: "its ventilation" };
  const ventilation_per_h = leak_per_h + (space?.sealed !== true && typeof ventilation === "number" ? ventilation : 0);
  return { known: { volume_L, ventilation_per_h, leakKnown: typeof leak === "number" }, missing: undefined };
}
