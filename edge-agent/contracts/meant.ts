/** Choices between schemas that report a problem for the branch that was meant, where a plain union would only say that none fits. */
import { z } from "zod";
import { explain, quote } from "./explain.ts";

/** Goes on with `schema` inside a transform; its problems keep their own paths and messages. */
export function pass<Out>(schema: z.ZodType<Out>, input: unknown, context: z.RefinementCtx): Out {
  const parsed = schema.safeParse(input, { error: explain });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) context.issues.push({ ...issue, input } as never);
  return z.NEVER;
}

/** The word `unknown`, which reads as undefined, or the measure. */
export const unknownOr = <Out, In>(schema: z.ZodType<Out, In>) =>
  z
    .custom<In | "unknown">()
    .transform((input, context): Out | undefined => (input === "unknown" ? undefined : pass(schema, input, context)))
    .optional();

/** The word `event`, which reads as a period without end, or the measure. */
export const eventOr = <In>(schema: z.ZodType<number, In>) =>
  z.custom<In | "event">().transform((input, context): number => (input === "event" ? Number.POSITIVE_INFINITY : pass(schema, input, context)));

/** A map of exactly one of the keys. A mistyped key is called by its name. */
export function oneOf<Shape extends Readonly<Record<string, z.ZodType>>>(shape: Shape) {
  type In = { [Key in keyof Shape]: { [_ in Key]: z.input<Shape[Key]> } }[keyof Shape];
  type Out = { [Key in keyof Shape]: { [_ in Key]: z.output<Shape[Key]> } }[keyof Shape];
  const keys = Object.keys(shape);
  const error: z.core.$ZodErrorMap = (issue) =>
    issue.code !== "invalid_type"
      ? undefined
      : `${issue.input === undefined ? "missing" : `found ${quote(issue.input)}`}; write { ${keys.join(": … } or { ")}: … }`;
  const known = z
    .strictObject(shape, { error })
    .partial()
    .refine((value) => Object.keys(value).length === 1, { error: `name exactly one of ${keys.join(", ")}`, when: ({ issues }) => issues.length === 0 });
  return z.custom<In>().transform((input, context) => pass(known, input, context) as unknown as Out);
}
