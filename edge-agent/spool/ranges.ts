/**
 * What a sink still has to take from a lane: half-open ranges of sequence numbers, in order. The last one never ends: it is the live part;
 * those before it are the backlog. Sequence numbers rise by one per entry of a lane and are never used twice.
 */
export interface Range {
  readonly first: number;
  readonly end: number;
}

/** More parts than this are joined: some entries are then sent twice, which is harmless, and memory stays bounded. */
const maxParts = 256;

export class Ranges {
  #parts: Range[];
  constructor(parts: readonly Range[]) {
    this.#parts = [...parts];
  }
  static from(first: number): Ranges {
    return new Ranges([{ first, end: Number.POSITIVE_INFINITY }]);
  }
  get parts(): readonly Range[] {
    return this.#parts;
  }
  /** Where the live part begins. */
  get frontier(): number {
    return this.#parts.at(-1)?.first ?? 0;
  }
  /** Ranges before the live part. */
  get backlog(): readonly Range[] {
    return this.#parts.slice(0, -1);
  }

  /** Entries below `head` that are still to be taken. */
  length(head: number): number {
    return this.#parts.reduce((sum, part) => sum + Math.max(0, Math.min(part.end, head) - part.first), 0);
  }
  overlaps(first: number, end: number): boolean {
    return this.#parts.some((part) => part.first < end && part.end > first);
  }
  /** How many of [first, end) are still to be taken. */
  within(first: number, end: number): number {
    return this.#parts.reduce((sum, part) => sum + Math.max(0, Math.min(part.end, end) - Math.max(part.first, first)), 0);
  }

  /** [first, end) was taken, evicted or set aside. */
  remove(first: number, end: number): void {
    if (end <= first) return;
    this.#parts = this.#parts.flatMap((part) => {
      if (part.end <= first || part.first >= end) return [part];
      const rest: Range[] = [];
      if (part.first < first) rest.push({ first: part.first, end: first });
      if (part.end > end) rest.push({ first: end, end: part.end });
      return rest;
    });
    this.#bound();
  }
  /** The live part goes on from `at`; what lies before becomes backlog. */
  jump(at: number): void {
    const live = this.#parts.at(-1);
    if (live === undefined || at <= live.first) return;
    this.#parts.splice(-1, 1, { first: live.first, end: at }, { first: at, end: live.end });
    this.#touching();
    this.#bound();
  }

  /** Entries from `head` on do not exist yet, so nobody has taken them: whatever the file said, the live part begins there at the latest. */
  clamp(head: number): void {
    if (this.frontier <= head) return;
    const below = this.backlog.filter((part) => part.first < head).map((part) => ({ first: part.first, end: Math.min(part.end, head) }));
    this.#parts = [...below, { first: head, end: Number.POSITIVE_INFINITY }];
  }

  /** Backlog parts that touch become one; the live part stays apart. */
  #touching(): void {
    for (let index = this.#parts.length - 3; index >= 0; index--) {
      const [left, right] = [this.#parts[index], this.#parts[index + 1]];
      if (left !== undefined && right !== undefined && left.end >= right.first) this.#parts.splice(index, 2, { first: left.first, end: right.end });
    }
  }
  #bound(): void {
    while (this.#parts.length > maxParts) {
      const [left, right] = this.#parts;
      if (left === undefined || right === undefined) return;
      this.#parts.splice(0, 2, { first: left.first, end: right.end });
    }
  }

  /** For the cursor table; the live part is written by its beginning alone. */
  toText(): string {
    return JSON.stringify(this.#parts.map((part) => (part.end === Number.POSITIVE_INFINITY ? [part.first] : [part.first, part.end])));
  }
  /** Undefined where the text is not what `toText` wrote. */
  static fromText(text: string): Ranges | undefined {
    try {
      const parts = (JSON.parse(text) as number[][]).map(([first, end]) => ({ first: first ?? Number.NaN, end: end ?? Number.POSITIVE_INFINITY }));
      const orderly = parts.every(
        (part, index) => Number.isSafeInteger(part.first) && part.first < part.end && (index === 0 || part.first >= (parts[index - 1]?.end ?? 0)),
      );
      return orderly && parts.at(-1)?.end === Number.POSITIVE_INFINITY ? new Ranges(parts) : undefined;
    } catch {
      return undefined;
    }
  }
}
