import type { FlameBox } from '../../../../../model/flame-layout.ts';
import type { PathNode } from '../../../../../model/path-tree.ts';
import { visibleText } from '../../../../../model/visible-text.ts';

/** Height of a level, in CSS pixels. */
export const LEVEL_PX = 22;
/** Narrower boxes have no room for a name. */
const NAMED_FROM_PX = 28;
const NAME_MAX = 200;
const PADDING_PX = 6;
const FONT = '12px Inter, system-ui, sans-serif';
const BOLD_FONT = `600 ${FONT}`;
const FADED = 0.3;

export interface FlameColors {
  /** Of a service's boxes. */
  readonly box: (service: string) => string;
  readonly narrow: string;
  readonly text: string;
  readonly background: string;
  readonly outline: string;
}

export interface FlameDrawing {
  readonly levels: readonly (readonly FlameBox[])[];
  readonly nodes: readonly PathNode[];
  readonly colors: FlameColors;
  /** Undefined while nothing is looked for. */
  readonly isLit: ((node: number) => boolean) | undefined;
  /** -1 for none, as the one below. */
  readonly selected: number;
  readonly hovered: number;
  /** Pixels that are scrolled away above. */
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Draws the levels in sight; how many there are does not matter. */
export function drawFlame(context: CanvasRenderingContext2D, drawing: FlameDrawing): void {
  const { levels, colors, top, width, height } = drawing;
  context.fillStyle = colors.background;
  context.globalAlpha = 1;
  context.fillRect(0, 0, width, height);
  context.textBaseline = 'middle';
  const first = Math.floor(top / LEVEL_PX);
  const last = Math.min(levels.length - 1, Math.floor((top + height) / LEVEL_PX));
  for (let level = first; level <= last; level++) {
    const y = level * LEVEL_PX - top;
    for (const box of levels[level] ?? []) drawBox(context, drawing, box, y);
  }
  context.globalAlpha = 1;
}

function drawBox(
  context: CanvasRenderingContext2D,
  drawing: FlameDrawing,
  box: FlameBox,
  y: number,
): void {
  const { colors, isLit, selected, hovered } = drawing;
  const node = drawing.nodes[box.node];
  const lit = isLit === undefined || (node !== undefined && isLit(box.node));
  // A gap between boxes that have room for one.
  const width = box.width > 3 ? box.width - 1 : box.width;
  context.globalAlpha = lit ? 1 : FADED;
  context.fillStyle = node === undefined ? colors.narrow : colors.box(node.service);
  context.fillRect(box.x, y, width, LEVEL_PX - 1);
  if (node === undefined) return;
  if (width >= NAMED_FROM_PX) drawName(context, node, { x: box.x, y, width }, colors);
  context.globalAlpha = 1;
  if (box.node === selected || box.node === hovered) {
    context.strokeStyle = colors.outline;
    context.lineWidth = box.node === selected ? 2 : 1;
    const inset = context.lineWidth / 2;
    context.strokeRect(
      box.x + inset,
      y + inset,
      Math.max(1, width - 2 * inset),
      LEVEL_PX - 1 - 2 * inset,
    );
  }
}

/** Both names where they fit; else the operation, for the colour tells the service. */
function drawName(
  context: CanvasRenderingContext2D,
  { service, operation }: PathNode,
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
  colors: FlameColors,
): void {
  const room = width - 2 * PADDING_PX;
  const middle = y + LEVEL_PX / 2;
  const bold = `${plainText(service)} `;
  const plain = plainText(operation);
  context.fillStyle = colors.text;
  context.font = BOLD_FONT;
  const boldWidth = context.measureText(bold).width;
  context.font = FONT;
  const plainWidth = context.measureText(plain).width;
  if (boldWidth + plainWidth > room) {
    context.fillText(shortened(plain, room / plainWidth), x + PADDING_PX, middle);
    return;
  }
  context.fillText(plain, x + PADDING_PX + boldWidth, middle);
  context.font = BOLD_FONT;
  context.fillText(bold, x + PADDING_PX, middle);
}

/** So much of a text as fits: a share of its characters, less where they are wide. */
function shortened(text: string, share: number): string {
  if (share >= 1) return text;
  return `${text.slice(0, Math.max(1, Math.floor(text.length * share) - 1))}…`;
}

function plainText(text: string): string {
  return visibleText(text.slice(0, NAME_MAX))
    .map((part) => part.text)
    .join('');
}
