/** A graph as a layout sees it: sizes and who is connected. Plain data, so that it can go to a worker. */
export interface LayoutRequest {
  readonly layout: 'layered' | 'force';
  /** Where edges of a layered graph point. */
  readonly direction: 'right' | 'down';
  readonly nodes: readonly LayoutNode[];
  readonly edges: readonly LayoutEdge[];
}

interface LayoutNode {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

interface LayoutEdge {
  /** Ids of nodes of the same request. */
  readonly from: string;
  readonly to: string;
  /** Room for the label in CSS pixels; 0 for none. */
  readonly labelWidth: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where everything goes, from (0, 0) to (width, height). */
export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  /** The middle of each node, by id. */
  readonly nodes: ReadonlyMap<string, Point>;
  /** In the request's order. */
  readonly edges: readonly EdgeLayout[];
}

export interface EdgeLayout {
  /** The way from border to border, at least two points. */
  readonly points: readonly Point[];
  /** The way in which the line leaves and comes: along the layers, or straight from point to point. */
  readonly flow: 'right' | 'down' | 'free';
  /** The middle of the label. */
  readonly label: Point;
  /** The label would lie on another or on a box: it is for those who look at this edge. */
  readonly isCrowded?: boolean;
}

/** Around everything, in CSS pixels: room for outlines, arrows and loops. */
export const LAYOUT_MARGIN = 28;
