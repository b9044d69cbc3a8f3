/**
 * Parcels that wait in memory while the disk does not take them: bounded, and what falls out is counted.
 * Samples fall out first, oldest first, then states; alarms and events never, since they are few and matter most.
 */
import { isRecord, type Parcel, samplesIn, sizeOf } from "./parcel.ts";

/** Seven minutes of 64 channels at 10 Hz; 9 MiB. */
export const maxHeldSamples = 262_144;
export const maxHeldStates = 16_384;

const statesIn = (parcel: Parcel): number => parcel.entries.reduce((sum, entry) => sum + (isRecord(entry) ? 0 : 1), 0);

export class Holding {
  #parcels: Parcel[] = [];
  #samples = 0;
  #states = 0;

  get parcels(): readonly Parcel[] {
    return this.#parcels;
  }
  get size(): number {
    return this.#parcels.reduce((sum, parcel) => sum + sizeOf(parcel), 0);
  }

  /** Returns how many entries fell out to make room. */
  add(parcel: Parcel): number {
    this.#parcels.push(parcel);
    this.#samples += samplesIn(parcel);
    this.#states += statesIn(parcel);
    return this.#samples > maxHeldSamples || this.#states > maxHeldStates ? this.#spill() : 0;
  }

  take(): Parcel | undefined {
    const parcel = this.#parcels.shift();
    if (parcel === undefined) return undefined;
    this.#samples -= samplesIn(parcel);
    this.#states -= statesIn(parcel);
    return parcel;
  }

  /** Everything, oldest first; the holding is then empty. */
  takeAll(): Parcel[] {
    const all = this.#parcels;
    this.#parcels = [];
    this.#samples = 0;
    this.#states = 0;
    return all;
  }

  #spill(): number {
    let fallen = 0;
    for (const parcel of this.#parcels) {
      if (this.#samples > maxHeldSamples) {
        const samples = samplesIn(parcel);
        parcel.blocks = [];
        this.#samples -= samples;
        fallen += samples;
      }
      if (this.#states > maxHeldStates) {
        const states = statesIn(parcel);
        parcel.entries = parcel.entries.filter(isRecord);
        this.#states -= states;
        fallen += states;
      }
      if (this.#samples <= maxHeldSamples && this.#states <= maxHeldStates) break;
    }
    this.#parcels = this.#parcels.filter((parcel) => sizeOf(parcel) > 0);
    return fallen;
  }
}
