/** Sorts appended entries into blocks and parcels. Runs on the deciding thread: a few stores into typed arrays per sample. */
import type { Entry } from "../core/entry.ts";
import type { Sample } from "../core/sample.ts";
import { capacityOf, emptyBlock, putSample, type SampleBlock } from "./block.ts";
import type { Parcel } from "./parcel.ts";

const blockSamples = 1024;
/** As many samples make a parcel of their own without waiting for the commit interval. */
const parcelBlocks = 4;
const maxChannels = 65_536;

export class Sorting {
  readonly #channels: Map<string, number>;
  readonly #stationChannels: number;
  #extraChannels: string[] = [];
  #open: SampleBlock | undefined;
  #full: SampleBlock[] = [];
  #entries: Entry[] = [];
  #seq = 0;

  constructor(channels: readonly string[]) {
    this.#channels = new Map(channels.map((channel, index) => [channel, index]));
    this.#stationChannels = channels.length;
  }

  /** The seq of the parcel that is being filled. */
  get seq(): number {
    return this.#seq + 1;
  }
  /** Entries that wait to become a parcel. */
  get size(): number {
    return this.#full.reduce((sum, { count }) => sum + count, 0) + (this.#open?.count ?? 0) + this.#entries.length;
  }
  get ready(): boolean {
    return this.#full.length >= parcelBlocks;
  }

  add(entry: Entry): void {
    if (entry.type === "sample") this.#sample(entry.sample);
    else this.#entries.push(entry);
  }

  /** The next parcel; undefined when nothing waits. */
  parcel(): Parcel | undefined {
    const blocks = this.#open === undefined ? this.#full : [...this.#full, this.#open];
    if (blocks.length === 0 && this.#entries.length === 0) return undefined;
    const parcel = { seq: ++this.#seq, blocks, entries: this.#entries, extraChannels: this.#extraChannels };
    this.#open = undefined;
    this.#full = [];
    this.#entries = [];
    return parcel;
  }

  #sample(sample: Sample): void {
    let channel = this.#channels.get(sample.channel);
    if (channel === undefined) {
      channel = this.#stationChannels + this.#extraChannels.length;
      if (channel >= maxChannels) throw new RangeError(`more than ${maxChannels} channels`);
      this.#channels.set(sample.channel, channel);
      this.#extraChannels = [...this.#extraChannels, sample.channel];
    }
    this.#open ??= emptyBlock(blockSamples);
    putSample(this.#open, channel, sample);
    if (this.#open.count < capacityOf(this.#open)) return;
    this.#full.push(this.#open);
    this.#open = undefined;
  }
}
