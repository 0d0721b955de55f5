import type { AttributePairs } from './attribute-pairs.ts';
import type {
  TextAttribute,
  TimelineEvent,
  TimelineProcess,
  TimelineReference,
  TimelineSpan,
  TimelineTrace,
} from './timeline-span.ts';

/** The spans of a trace by columns. What only some spans have is kept by span. */
export interface TraceColumns {
  readonly count: number;
  /** 16 hex digits a span; of parents, zeros where there is none. */
  readonly spanIds: string;
  readonly parentSpanIds: string;
  /** Microseconds since 1970. */
  readonly startUs: Float64Array;
  readonly durationUs: Float64Array;
  readonly operationOf: Uint32Array;
  readonly processOf: Uint32Array;
  /** 1 for a span that failed. */
  readonly errors: Uint8Array;
  readonly kindOf: Uint32Array;
  /** Where the tags of each span start in `tags`, and behind the last one, where they end. */
  readonly tagStarts: Uint32Array;
  /** Of `pairs`. */
  readonly tags: Uint32Array;
  readonly events: ReadonlyMap<number, readonly ColumnEvent[]>;
  readonly references: ReadonlyMap<number, readonly TimelineReference[]>;
  readonly warnings: ReadonlyMap<number, readonly string[]>;
  readonly operations: readonly string[];
  readonly processes: readonly TimelineProcess[];
  readonly kinds: readonly string[];
  readonly pairs: AttributePairs;
}

export interface ColumnEvent {
  readonly timeUs: number;
  /** Of `TraceColumns.pairs`. */
  readonly fields: readonly number[];
}

export const ID_LENGTH = 16;
const NO_ID = '0'.repeat(ID_LENGTH);
const NO_PROCESS: TimelineProcess = { serviceName: '', tags: [] };
const NONE: readonly never[] = [];

/** The spans are made of the columns when they are looked at. */
export function timelineSpans(columns: TraceColumns): TimelineTrace['spans'] {
  return Array.from({ length: columns.count }, (_, row) => new ColumnSpan(columns, row));
}

/** Where a span that is made of columns comes from. */
export function columnsOf(span: TimelineSpan): ColumnPlace | undefined {
  return span instanceof ColumnSpan ? span : undefined;
}

export interface ColumnPlace {
  readonly columns: TraceColumns;
  readonly row: number;
}

class ColumnSpan implements TimelineSpan, ColumnPlace {
  readonly columns: TraceColumns;
  readonly row: number;

  constructor(columns: TraceColumns, row: number) {
    this.columns = columns;
    this.row = row;
  }

  get spanId(): string {
    return idAt(this.columns.spanIds, this.row);
  }

  get parentSpanId(): string {
    const id = idAt(this.columns.parentSpanIds, this.row);
    return id === NO_ID ? '' : id;
  }

  get operationName(): string {
    const { operationOf, operations } = this.columns;
    return operations[operationOf[this.row] ?? 0] ?? '';
  }

  get startUs(): number {
    return this.columns.startUs[this.row] ?? 0;
  }

  get durationUs(): number {
    return this.columns.durationUs[this.row] ?? 0;
  }

  get isError(): boolean {
    return this.columns.errors[this.row] === 1;
  }

  get kind(): string {
    const { kindOf, kinds } = this.columns;
    return kinds[kindOf[this.row] ?? 0] ?? '';
  }

  get tags(): readonly TextAttribute[] {
    const { pairs, tags, tagStarts } = this.columns;
    const own = tags.subarray(tagStarts[this.row], tagStarts[this.row + 1]);
    return Array.from(own, pairs.attribute);
  }

  get process(): TimelineProcess {
    const { processes, processOf } = this.columns;
    return processes[processOf[this.row] ?? 0] ?? NO_PROCESS;
  }

  get events(): readonly TimelineEvent[] {
    const events = this.columns.events.get(this.row);
    if (events === undefined) return NONE;
    const { attribute } = this.columns.pairs;
    return events.map(({ fields, timeUs }) => ({ timeUs, fields: fields.map(attribute) }));
  }

  get references(): readonly TimelineReference[] {
    return this.columns.references.get(this.row) ?? NONE;
  }

  get warnings(): readonly string[] {
    return this.columns.warnings.get(this.row) ?? NONE;
  }
}

function idAt(ids: string, row: number): string {
  return ids.slice(ID_LENGTH * row, ID_LENGTH * row + ID_LENGTH);
}
