/** Every id once, and every name that is used stands for something. */
import { quote } from "../contracts/explain.ts";
import { doubtful, type Path, type Remark, wrong } from "./problem.ts";
import { dangling, idsOf, items, type Kind, type View } from "./view.ts";

const kinds: readonly Kind[] = ["cells", "packs", "buses", "channels", "outputs"];

export function* references(view: View): Generator<Remark> {
  for (const kind of kinds) yield* repeated(view, kind);
  yield* sharedNames(view);

  const packs = packsOf(view);
  yield* packsOfCells(view);
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

/** Packs by name: those listed, each cell that is its own pack, and, where the file lists no pack at all, those that cells name. */
function packsOf(view: View): Set<string> {
  const listed = idsOf(view, "packs");
  const packs = new Set(listed);
  for (const [{ id, pack }] of items(view, "cells")) {
    if (id !== undefined && pack === undefined) packs.add(id);
    if (pack !== undefined && listed.size === 0) packs.add(pack);
  }
  return packs;
}

/** Beside listed packs an unlisted one is a slip of the pen; without any it only has nothing said about its gas space. */
function* packsOfCells(view: View): Generator<Remark> {
  const listed = idsOf(view, "packs").size > 0;
  const told = new Set<string>();
  for (const [{ pack }, path] of items(view, "cells")) {
    const message = dangling(view, "packs", pack);
    if (pack === undefined || message === undefined) continue;
    if (listed) yield wrong([...path, "pack"], message);
    else if (!told.has(pack)) yield doubtful([...path, "pack"], `nothing is known of the gas space of ${quote(pack)}; list it under packs`);
    told.add(pack);
  }
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
