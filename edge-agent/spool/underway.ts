/** What went to the worker and is not committed yet: how much, since when, and the alarms and events in it, should the worker die. */
import type { Entry } from "../core/entry.ts";
import { isRecord, type Parcel, sizeOf } from "./parcel.ts";

interface Stretch {
  /** The last parcel of the stretch. */
  seq: number;
  size: number;
  readonly since_s: number;
  received: boolean;
  record: readonly Entry[];
}

/** Stretches are joined beyond this, so that a full disk costs no memory for each parcel. */
const maxStretches = 64;

export class Underway {
  #stretches: Stretch[] = [];
  #unreceived = 0;

  /** Parcels that the worker has not said it got. */
  get unreceived(): number {
    return this.#unreceived;
  }
  get size(): number {
    return this.#stretches.reduce((sum, stretch) => sum + stretch.size, 0);
  }
  /** When the oldest parcel left that the worker has not said it got. */
  get oldestUnreceived_s(): number | undefined {
    return this.#stretches.find((stretch) => !stretch.received)?.since_s;
  }

  add(parcel: Parcel, now_s: number): void {
    this.#stretches.push({ seq: parcel.seq, size: sizeOf(parcel), since_s: now_s, received: false, record: parcel.entries.filter(isRecord) });
    this.#unreceived++;
  }

  received(seq: number): void {
    for (const stretch of this.#stretches) {
      if (stretch.received || stretch.seq > seq) continue;
      stretch.received = true;
      this.#unreceived--;
    }
    const [left, right] = this.#stretches;
    if (this.#stretches.length <= maxStretches || left === undefined || right?.received !== true) return;
    left.seq = right.seq;
    left.size += right.size;
    left.record = [...left.record, ...right.record];
    this.#stretches.splice(1, 1);
  }

  committed(seq: number): void {
    this.received(seq);
    this.#stretches = this.#stretches.filter((stretch) => stretch.seq > seq);
  }

  /** Forgets everything; what is lost with the worker, and what must be sent again. */
  lost(): { readonly lost: number; readonly again: Entry[] } {
    const again = this.#stretches.flatMap((stretch) => stretch.record);
    const lost = this.size - again.length;
    this.#stretches = [];
    this.#unreceived = 0;
    return { lost, again };
  }
}
