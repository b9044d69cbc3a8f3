/** What the checks of meaning look at: the draft, the chips, the day, and what is already known to be wrong. */
import { quote } from "../contracts/explain.ts";
import { didYouMean } from "../contracts/nearest.ts";
import type { AnyDriver } from "../sensors/driver.ts";
import type { Path, Remark } from "./problem.ts";
import type { Draft } from "./shape.ts";

/** What `check` needs of a driver; it opens none. */
export type Chip = Omit<AnyDriver, "open">;
export type Chips = Readonly<Record<string, Chip>>;

export interface View {
  readonly draft: Draft;
  readonly chips: Chips;
  /** ISO date, UTC. */
  readonly today: string;
  readonly line: (path: Path) => number;
  /** Remarks about the shape: what they name is not in the draft. */
  readonly refused: readonly Remark[];
}

export type Check = (view: View) => Iterable<Remark>;

type Section = "cells" | "packs" | "buses" | "channels" | "limits" | "outputs" | "interlocks" | "sinks";
type ItemOf<S extends Section> = NonNullable<NonNullable<Draft[S]>[number]>;

/** The items of a section that could be read, each with its path. */
export function* items<S extends Section>({ draft }: View, section: S): Generator<readonly [item: ItemOf<S>, path: Path]> {
  const list = draft[section] as readonly (ItemOf<S> | undefined)[] | undefined;
  if (list === undefined) return;
  for (const [index, item] of list.entries()) if (item !== undefined) yield [item, [section, index]];
}

const singular = { cells: "cell", packs: "pack", buses: "bus", channels: "channel", outputs: "output" } as const;
export type Kind = keyof typeof singular;

const idsOfView = new WeakMap<View, Map<Kind, ReadonlySet<string>>>();

export function idsOf(view: View, kind: Kind): ReadonlySet<string> {
  const kinds = idsOfView.get(view) ?? new Map<Kind, ReadonlySet<string>>();
  idsOfView.set(view, kinds);
  const ids = kinds.get(kind) ?? new Set([...items(view, kind)].flatMap(([{ id }]) => id ?? []));
  kinds.set(kind, ids);
  return ids;
}

/** Whether an id of this kind may be in the file and yet not in the draft. */
function mayHide({ refused }: View, kind: Kind): boolean {
  return refused.some(({ path }) => path.length === 0 || (path[0] === kind && (path.length <= 2 || (path.length === 3 && path[2] === "id"))));
}

/** Whether something is written there that is not in the draft. */
export function isRefused({ refused }: View, path: Path): boolean {
  return refused.some((remark) => remark.path.length === path.length && path.every((step, index) => remark.path[index] === step));
}

const mostListed = 8;
/** Keeps a hostile file of thousands of ids from costing thousands of comparisons for each. */
const mostCompared = 300;

/** What to say of a name that nothing bears; undefined when all is well, or when it cannot be told. */
export function dangling(view: View, kind: Kind, name: string | undefined, known: ReadonlySet<string> = idsOf(view, kind)): string | undefined {
  if (name === undefined || known.has(name) || mayHide(view, kind)) return undefined;
  const candidates = [...known].slice(0, mostCompared);
  const listed = candidates.slice(0, mostListed).join(", ") + (known.size > mostListed ? ", …" : "");
  return `found ${quote(name)}, which is no ${singular[kind]} here${didYouMean(name, candidates)} (${known.size === 0 ? `there are no ${kind}` : `${kind}: ${listed}`})`;
}
