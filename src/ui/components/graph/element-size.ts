import { type RefObject, useLayoutEffect, useRef, useState } from 'react';
import type { Size } from './viewport.ts';

/** Size of an element inside its border, as it changes; nothing until it is laid out. */
export function useElementSize<E extends HTMLElement>(): {
  readonly ref: RefObject<E | null>;
  readonly size: Size;
} {
  const ref = useRef<E>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const measure = (): void => {
      setSize({ width: element.clientWidth, height: element.clientHeight });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  return { ref, size };
}
