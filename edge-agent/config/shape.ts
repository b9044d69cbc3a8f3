/**
 * Plain values → what the station schema says of each, and a draft that keeps everything that is right.
 * One wrong key must not hide what is wrong elsewhere, so later checks read the draft: the input without the values that were refused.
 */
import type { z } from "zod";
import { explain } from "../contracts/explain.ts";
import { type Station, type StationInput, stationSchema } from "../contracts/station.ts";
import { type Path, type Remark, wrong } from "./problem.ts";

type Partly<T> = T extends readonly (infer Item)[]
  ? readonly (Partly<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Partly<T[Key]> }
    : T;

/** The file as written. What is there has the right shape; anything may be absent. */
export type Draft = Partly<StationInput>;

export interface Shape {
  /** Only when nothing was wrong. */
  readonly station: Station | undefined;
  readonly draft: Draft;
  readonly remarks: readonly Remark[];
}

type Issue = z.core.$ZodIssue;
type Holder = Record<string | number, unknown>;

export function readShape(value: unknown): Shape {
  const parsed = stationSchema.safeParse(value, { error: explain });
  if (parsed.success) return { station: parsed.data, draft: value as Draft, remarks: [] };
  const remarks = parsed.error.issues.flatMap(remarksOf);
  const draft = structuredClone(value) as Holder;
  for (const { path } of remarks) take(draft, path);
  return { station: undefined, draft: isHolder(draft) && !Array.isArray(draft) ? (draft as Draft) : {}, remarks };
}

function remarksOf(issue: Issue): Remark[] {
  const path = issue.path as Path;
  if (issue.code !== "unrecognized_keys") return [wrong(path, issue.message)];
  const lines = issue.message.split("\n");
  return issue.keys.map((key, index) => ({ ...wrong([...path, key], lines[index] ?? "unknown key"), atKey: true }));
}

const isHolder = (value: unknown): value is Holder => typeof value === "object" && value !== null;

/** Removes what stands at `path`; list items leave a hole, so that the others keep their index. */
function take(root: Holder, path: Path): void {
  let holder: unknown = root;
  for (const step of path.slice(0, -1)) holder = isHolder(holder) && Object.hasOwn(holder, step) ? holder[step] : undefined;
  const last = path.at(-1);
  if (last === undefined || !isHolder(holder) || !Object.hasOwn(holder, last)) return;
  if (Array.isArray(holder)) holder[Number(last)] = undefined;
  else delete holder[last];
}
