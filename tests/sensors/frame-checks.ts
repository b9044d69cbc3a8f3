/** What parts put into their frames to have them checked, worked out in another way than the drivers do. */

export interface FrameCheck {
  /** Writes what checks the part puts into its frames. */
  mend(frame: Uint8Array): void;
  /** Whether they hold. */
  holds(frame: Uint8Array): boolean;
}

/**
 * Of each word: x^8 + x^5 + x^4 + 1 over its two bytes, preset to ones, by long division of the message as one number. Of all words at once,
 * since a million frames hold more of them.
 */
const sums = Uint8Array.from({ length: 0x1_0000 }, (_, word) => {
  let rest = (word ^ 0xff00) << 8;
  for (let bit = 23; bit >= 8; bit--) if (rest & (1 << bit)) rest ^= 0x131 << (bit - 8);
  return rest;
});
const sensirion = (high = 0, low = 0): number => sums[(high << 8) | low] ?? 0;

export const wordwise: FrameCheck = {
  mend(frame: Uint8Array): void {
    for (let at = 0; at + 2 < frame.length; at += 3) frame[at + 2] = sensirion(frame[at], frame[at + 1]);
  },
  holds(frame: Uint8Array): boolean {
    for (let at = 0; at + 2 < frame.length; at += 3) if (frame[at + 2] !== sensirion(frame[at], frame[at + 1])) return false;
    return true;
  },
};
/** The status byte that MPR and ABP2 give with a reading; 0x41 says that it lies beyond their range. */
export const powered: FrameCheck = {
  mend(frame: Uint8Array): void {
    frame[0] = 0x40;
  },
  holds: (frame: Uint8Array): boolean => frame[0] === 0x40 || frame[0] === 0x41,
};
/** Nothing is checked in these frames themselves; their drivers read identity and settings behind them. */
export const unchecked: FrameCheck = { mend() {}, holds: () => true };

/**
 * What each of the 64 bits before a 1-Wire checksum adds to it, in the order in which they are sent: powers of x from x^71 down to x^8, modulo
 * x^8 + x^5 + x^4 + 1, with the highest power in the lowest bit, as the wire has it.
 */
const oneWire: number[] = [];
for (let power = 0x8c; oneWire.length < 64; power = (power >> 1) ^ (power & 1 ? 0x8c : 0)) oneWire.unshift(power);
export function dallas(frame: Uint8Array): number {
  let sum = 0;
  for (let bit = 0; bit < 64; bit++) if (((frame[bit >> 3] ?? 0) >> (bit & 7)) & 1) sum ^= oneWire[bit] ?? 0;
  return sum;
}

/** What the bytes from `from` up to `to` lack to a multiple of 256. */
function lacking(frame: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at++) sum += frame[at] ?? 0;
  return (256 - (sum % 256)) % 256;
}

/** A MultiGas board's answer to a command. */
export const answered = (command: number): FrameCheck => ({
  mend(frame: Uint8Array): void {
    frame.set([0xff, command]);
    frame[8] = lacking(frame, 1, 8);
  },
  holds: (frame: Uint8Array): boolean => frame[0] === 0xff && frame[1] === command && frame[8] === lacking(frame, 1, 8),
});
/** An upload of the same board, over six bytes or over seven, at any place. */
export const upload: FrameCheck = {
  mend(frame: Uint8Array): void {
    const at = (frame[0] ?? 0) % (frame.length - 8);
    const end = at + 7 + ((frame[1] ?? 0) % 2);
    frame.set([0xff, 0x88], at);
    frame[at + 8] = lacking(frame, at + 1, end);
  },
  holds(frame: Uint8Array): boolean {
    for (let at = frame.indexOf(0xff); at >= 0; at = frame.indexOf(0xff, at + 1)) {
      const sum = frame[at + 8];
      if (frame[at + 1] === 0x88 && sum !== undefined && (sum === lacking(frame, at + 1, at + 7) || sum === lacking(frame, at + 1, at + 8))) return true;
    }
    return false;
  },
};
