/** Something that is found out in one pass over many items, and may be in pieces with time between. */
export interface Gathering<Item, Result> {
  readonly add: (item: Item) => void;
  /** Called once, after the last item. */
  readonly result: () => Result;
}
