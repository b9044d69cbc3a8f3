/** What Sensirion's chips send behind each word, as their own side makes it; shares nothing with the drivers. */

/** x^8 + x^5 + x^4 + 1 over one word, preset to ones, as a shift register that takes a bit at a time. */
export function checksum(word: number): number {
  let register = 0xff;
  for (let bit = 15; bit >= 0; bit--) {
    const feedback = (register >> 7) ^ ((word >> bit) & 1);
    register = ((register << 1) & 0xff) ^ (feedback ? 0x31 : 0);
  }
  return register;
}
