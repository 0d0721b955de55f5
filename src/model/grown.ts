/** A column of numbers. */
interface Column {
  set(source: this): void;
}

/** A longer copy of a column; zeros stand behind what there was. */
export function grown<C extends Column>(
  make: new (length: number) => C,
  column: C,
  length: number,
): C {
  const longer = new make(length);
  longer.set(column);
  return longer;
}
