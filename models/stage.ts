/**
 * A stage of a model: `start` and `step`, no clock, no input or output, no hidden field.
 * The state is plain JSON, so a model survives a restart between any two samples without changing one output.
 * `step` must not change its input; it may reuse the state it was given, so a caller keeps only the newest.
 */
export interface Stage<State, In, Out> {
  start(): State;
  step(state: State, input: In): readonly [State, Out];
}
