import { useMemo } from 'react';
import { type ServiceColor, useServiceColor } from '../../../../service-colors.ts';
import { useTheme } from '../../../../theme.ts';
import type { FlameColors } from './draw-flame.ts';

/** Soft enough for the text on them, in both themes. */
const BOX_SHARE = 34;

/** The colours for a canvas, which itself does not know custom properties. */
export function useFlameColors(): (canvas: HTMLCanvasElement) => FlameColors {
  const serviceColor = useServiceColor();
  const theme = useTheme();
  return useMemo(() => {
    let resolved: FlameColors | undefined;
    return (canvas) => (resolved ??= resolveColors(canvas, serviceColor));
    // The theme changes what the colours resolve to.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [serviceColor, theme]);
}

function resolveColors(canvas: HTMLCanvasElement, serviceColor: ServiceColor): FlameColors {
  const resolve = (color: string): string => {
    canvas.style.color = color;
    return getComputedStyle(canvas).color;
  };
  const boxes = new Map<string, string>();
  return {
    box: (service) => {
      const known = boxes.get(service);
      if (known !== undefined) return known;
      const mixed = `color-mix(in oklab, ${serviceColor(service)} ${BOX_SHARE}%, var(--surface))`;
      const color = resolve(mixed);
      boxes.set(service, color);
      return color;
    },
    narrow: resolve('var(--line-strong)'),
    text: resolve('var(--text)'),
    background: resolve('var(--surface)'),
    outline: resolve('var(--accent)'),
  };
}
