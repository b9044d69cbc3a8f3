/** A tracker's own memory inside a stage's state, by channel or cell. Ids such as "constructor" are allowed, hence `hasOwn`. */
export function own<Value>(record: Record<string, Value>, id: string, fresh: () => Value): Value {
  const known = Object.hasOwn(record, id) ? record[id] : undefined;
  if (known !== undefined) return known;
  const value = fresh();
  record[id] = value;
  return value;
}
