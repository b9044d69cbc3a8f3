/** Bounded work per turn of the event loop. */

/**
 * Each call resolves in a later turn of the event loop, and never two in one turn: between any two messages, whoever sent them,
 * sensor readings are looked at.
 */
export function turnstile(): () => Promise<void> {
  const waiting: (() => void)[] = [];
  const open = () => {
    waiting.shift()?.();
    if (waiting.length > 0) setImmediate(open);
  };
  return () =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) setImmediate(open);
    });
}
