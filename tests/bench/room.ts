/**
 * Where a measurement runs: what it starts or makes is undone when it is over, in reverse order, also behind Ctrl-C.
 * Takes the place of a test's context, so that the servers of tests/support can be used.
 */
export class Room {
  readonly #undo: (() => unknown)[] = [];
  #closing: Promise<void> | undefined;

  after(undo: () => unknown): void {
    this.#undo.unshift(undo);
  }

  /** Goes on when one step fails: the others still have to be undone. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      for (const undo of this.#undo) {
        try {
          await undo();
        } catch (error) {
          process.stderr.write(`not undone: ${(error as Error).message}\n`);
        }
      }
    })();
    return this.#closing;
  }
}
