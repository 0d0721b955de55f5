/** A box of a graph, in CSS pixels. */
export interface GraphNode {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** A few characters on the line. */
  readonly label?: string;
  /** The whole sentence, shown on hover and read aloud. */
  readonly title?: string;
  /** Heavier edges are drawn thicker. */
  readonly weight?: number;
  readonly dashed?: boolean;
  readonly tone?: 'normal' | 'error' | 'added' | 'removed';
}
