import type { ByteSink } from './byte-sink.ts';
import type { ByteSource } from './byte-source.ts';
import { BlockError } from './block-format.ts';
import { readNumbers, writeNumbers } from './number-section.ts';
import type { CompressionLevel } from './page-compression.ts';

/**
 * How often which service calls which, between spans of one block, by the page that the called span
 * is in. Entries of page n are [firsts[n], firsts[n + 1]) of `edges` and `counts`.
 */
export interface CallCounts {
  /** By edge: numbers of the two services. */
  readonly parents: Uint32Array;
  readonly children: Uint32Array;
  readonly firsts: Uint32Array;
  /** Ascend within a page. */
  readonly edges: Uint32Array;
  readonly counts: Uint32Array;
}

/*
 * The section: counts of edges and pages; then as numbers the services of each edge, how many entries
 * each page has, the gap before the edge of each entry, and the count of each entry.
 */
export function writeCallCounts(sink: ByteSink, calls: CallCounts, level: CompressionLevel): void {
  const { parents, children, firsts, edges, counts } = calls;
  const pages = firsts.length - 1;
  sink.varint(parents.length);
  sink.varint(pages);
  writeNumbers(sink, parents, parents.length, level);
  writeNumbers(sink, children, children.length, level);
  const sizes = new Uint32Array(pages);
  const gaps = new Uint32Array(edges.length);
  for (let page = 0; page < pages; page++) {
    const first = firsts[page] ?? 0;
    const end = firsts[page + 1] ?? 0;
    sizes[page] = end - first;
    for (let at = first, next = 0; at < end; at++) {
      gaps[at] = (edges[at] ?? 0) - next;
      next = (edges[at] ?? 0) + 1;
    }
  }
  writeNumbers(sink, sizes, pages, level);
  writeNumbers(sink, gaps, gaps.length, level);
  writeNumbers(sink, counts, counts.length, level);
}

/** @throws BlockError */
export function readCallCounts(source: ByteSource): CallCounts {
  const edgeCount = source.varint();
  const pages = source.varint();
  const parents = Uint32Array.from(readNumbers(source, edgeCount));
  const children = Uint32Array.from(readNumbers(source, edgeCount));
  const sizes = readNumbers(source, pages);
  const firsts = new Uint32Array(pages + 1);
  for (let page = 0; page < pages; page++) {
    firsts[page + 1] = (firsts[page] ?? 0) + (sizes[page] ?? 0);
  }
  const entries = firsts[pages] ?? 0;
  const edges = Uint32Array.from(readNumbers(source, entries));
  for (let page = 0; page < pages; page++) {
    let next = 0;
    for (let at = firsts[page] ?? 0; at < (firsts[page + 1] ?? 0); at++) {
      edges[at] = next + (edges[at] ?? 0);
      next = (edges[at] ?? 0) + 1;
      if (next > edgeCount) throw new BlockError('a call between services that are not known');
    }
  }
  return {
    parents,
    children,
    firsts,
    edges,
    counts: Uint32Array.from(readNumbers(source, entries)),
  };
}
