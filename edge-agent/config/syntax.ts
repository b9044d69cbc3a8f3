/** YAML text → plain values, with the place of each, and every mistake of the notation itself. */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, visit, type YAMLError, type YAMLMap } from "yaml";
import { printable, quote } from "../contracts/explain.ts";
import type { Path, Problem } from "./problem.ts";

/** Above any station by two orders of magnitude; keeps a wrong or hostile file from costing time. */
export const largestFile_Bytes = 1_000_000;
/** Enough to repeat a calibration block; too few for a file that unfolds to more than it holds. */
const mostAliases = 100;

export interface Notation {
  /** Undefined when the text has no value that could be looked at further. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Line and column of a value, of its key, or of the nearest thing around it that is in the text. */
  locate(path: Path, atKey?: boolean): { readonly line: number; readonly column: number };
}

/** Mistakes after which the rest of the text is still read as it was meant. */
const harmless: ReadonlySet<string> = new Set(["MULTIPLE_DOCS", "TAG_RESOLVE_FAILED"]);

/** Our words where the parser's do not say what to do. */
const words: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: "a second document begins here; a station file holds one: remove the line ---",
  RESOURCE_EXHAUSTION: "lists or maps are nested too deeply to be read",
  TAB_AS_INDENT: "a tab is used as indent; write spaces",
  TAG_RESOLVE_FAILED: "tags (!…) are not used in a station file; remove it",
};

export function readNotation(text: string): Notation {
  const start = { line: 1, column: 1 };
  const nothing = (message: string): Notation => ({ value: undefined, problems: [{ severity: "error", ...start, path: "", message }], locate: () => start });
  if (text.length > largestFile_Bytes) return nothing(`the file is larger than ${largestFile_Bytes} Bytes; is it a station file?`);
  if (text.includes("\0")) return nothing("this is not a text file");
  if (text.trim() === "") return nothing("the file is empty; begin with deploy/station.example.yaml");

  const lines = new LineCounter();
  // uniqueKeys compares every key with every other; `repeatedKeys` does it in one pass
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false, logLevel: "error" });

  const place = (offset: number) => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problem = (offset: number, message: string): Problem => ({ severity: "error", ...place(offset), path: "", message });
  const firstOfLine = new Set<number>(); // one slip makes the parser complain several times
  const broken: Problem[] = [];
  for (const error of [...document.errors, ...document.warnings] as YAMLError[]) {
    const found = problem(error.pos[0], words[error.code] ?? `this is not YAML here: ${printable(error.message)}`);
    if (!firstOfLine.has(found.line)) broken.push(found);
    firstOfLine.add(found.line);
  }
  // YAML 1.1 reads dates and "no" as other than text
  if (document.directives.yaml.explicit) broken.push(problem(0, "a station file needs no %YAML line; remove it"));
  const fatal = document.directives.yaml.explicit || document.errors.some((error) => !harmless.has(error.code));
  if (document.contents === null && !fatal) return nothing("the file holds only comments; begin with deploy/station.example.yaml");
  const aliasTrouble = fatal ? [] : aliases(document, problem);
  const problems = [...broken, ...aliasTrouble, ...repeatedKeys(document, place)];
  return { value: fatal || aliasTrouble.length > 0 ? undefined : document.toJS({ maxAliasCount: -1 }), problems, locate: locator(document, place) };
}

type Report = (offset: number, message: string) => Problem;
const offsetOf = (node: Node | null | undefined): number => node?.range?.[0] ?? 0;

/** Aliases that name nothing, hold themselves, or together unfold to too much. */
function aliases(document: Document.Parsed, problem: Report): Problem[] {
  const problems: Problem[] = [];
  let count = 0;
  visit(document, {
    Alias(_, alias, ancestors) {
      count++;
      const target = alias.resolve(document);
      if (target === undefined) problems.push(problem(offsetOf(alias), `no anchor &${alias.source} stands before this alias`));
      else if (ancestors.includes(target)) problems.push(problem(offsetOf(alias), `*${alias.source} holds itself; write the value out`));
      else if (holdsAlias(target)) problems.push(problem(offsetOf(alias), `*${alias.source} holds further aliases; write the value out`));
      if (count <= mostAliases) return undefined;
      problems.push(problem(offsetOf(alias), `more than ${mostAliases} aliases; write the values out`));
      return visit.BREAK;
    },
  });
  return problems;
}

function holdsAlias(node: Node): boolean {
  let found = false;
  visit(node, {
    Alias() {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

function repeatedKeys(document: Document.Parsed, place: (offset: number) => { line: number; column: number }): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Map(_, map) {
      const first = new Map<string, number>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        const { line, column } = place(offsetOf(key));
        const earlier = first.get(name);
        if (earlier === undefined) first.set(name, line);
        else problems.push({ severity: "error", line, column, path: "", message: `the key ${quote(name)} stands here and on line ${earlier}; keep one` });
      }
    },
  });
  return problems;
}

function locator(document: Document.Parsed, place: (offset: number) => { line: number; column: number }): Notation["locate"] {
  const indexes = new WeakMap<YAMLMap, Map<string, Pair>>();
  const pairOf = (map: YAMLMap, step: string): Pair | undefined => {
    const index = indexes.get(map) ?? new Map(map.items.flatMap((pair) => (isScalar(pair.key) ? [[String(pair.key.value), pair]] : [])));
    indexes.set(map, index);
    return index.get(step);
  };
  const follow = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  return (path, atKey = false) => {
    let node: unknown = document.contents;
    let offset = offsetOf(document.contents);
    for (const [depth, step] of path.entries()) {
      const parent = follow(node);
      let next: unknown;
      let key: unknown;
      if (isMap(parent)) {
        const pair = pairOf(parent, String(step));
        [key, next] = [pair?.key, pair?.value];
      } else if (isSeq(parent)) next = parent.items[Number(step)];
      const seen = (atKey && depth === path.length - 1 ? key : (next ?? key)) as Node | null | undefined;
      if (seen === null || seen === undefined) break;
      offset = offsetOf(seen);
      node = next;
    }
    return place(offset);
  };
}
