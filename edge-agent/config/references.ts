/** Every id once, and every name that is used stands for something. */
import { quote } from "../contracts/explain.ts";
import { doubtful, type Path, type Remark, wrong } from "./problem.ts";
import { dangling, idsOf, items, type Kind, type View } from "./view.ts";

const kinds: readonly Kind[] = ["cells", "packs", "buses", "channels", "outputs"];

export function* references(view: View): Generator<Remark> {
  for (const kind of kinds) yield* repeated(view, kind);
  yield* sharedNames(view);

  const packs = packsOf(view);
  for (const [cell, path] of items(view, "cells")) yield* missing(view, [...path, "pack"], "packs", cell.pack);
  for (const section of ["channels", "limits"] as const) {
    for (const [{ at }, path] of items(view, section)) {
      if (at === undefined) continue;
      if ("cell" in at) yield* missing(view, [...path, "at", "cell"], "cells", at.cell);
      if ("pack" in at) yield* missing(view, [...path, "at", "pack"], "packs", at.pack, packs);
      if ("channel" in at) yield* missing(view, [...path, "at", "channel"], "channels", at.channel);
    }
  }
  for (const [{ open }, path] of items(view, "interlocks")) {
    for (const [index, output] of (open ?? []).entries()) yield* missing(view, [...path, "open", index], "outputs", output);
  }
  const used = new Set([...items(view, "cells")].map(([{ pack, id }]) => pack ?? id));
  for (const [{ id }, path] of items(view, "packs")) {
    if (id !== undefined && !used.has(id) && used.size > 0)
      yield doubtful([...path, "id"], `no cell is in the pack ${quote(id)}; add "pack: ${id}" to its cells`);
  }
}

/** Packs by name: those listed, and each cell that is its own pack. */
export function packsOf(view: View): Set<string> {
  const packs = new Set(idsOf(view, "packs"));
  for (const [{ id, pack }] of items(view, "cells")) if (id !== undefined && pack === undefined) packs.add(id);
  return packs;
}

function* missing(view: View, path: Path, kind: Kind, name: string | undefined, known?: ReadonlySet<string>): Generator<Remark> {
  const message = dangling(view, kind, name, known);
  if (message !== undefined) yield wrong(path, message);
}

function* repeated(view: View, kind: Kind): Generator<Remark> {
  const first = new Map<string, Path>();
  for (const [{ id }, path] of items(view, kind)) {
    if (id === undefined) continue;
    const earlier = first.get(id);
    if (earlier === undefined) first.set(id, [...path, "id"]);
    else yield wrong([...path, "id"], `found ${quote(id)}, which line ${view.line(earlier)} has already; ids of ${kind} are unique`);
  }
}

/** An alarm's id is its name and the id of a cell, pack, channel or the station: these must not be mistaken for each other. */
function* sharedNames(view: View): Generator<Remark> {
  const cells = new Map([...items(view, "cells")].map(([{ id, pack }]) => [id, pack] as const));
  const packs = packsOf(view);
  for (const kind of ["cells", "packs", "channels"] as const) {
    for (const [{ id }, path] of items(view, kind)) {
      if (id === undefined) continue;
      if (id === "station") yield wrong([...path, "id"], `found "station", which alarms of the whole station bear; write another id`);
      if (kind === "channels" && (cells.has(id) || packs.has(id)))
        yield wrong([...path, "id"], `found ${quote(id)}, which a cell or pack bears too; write another id`);
      if (kind === "packs" && cells.has(id) && (cells.get(id) ?? id) !== id)
        yield wrong([...path, "id"], `found ${quote(id)}, which a cell of another pack bears; write another id`);
    }
  }
}
