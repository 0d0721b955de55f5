import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

/**
 * Whether everything in an element finds room beside one another. When it does not, the caller draws
 * less, until the element is as wide as it would have had to be. `contents` is what is drawn in it.
 */
export function useRoom<E extends HTMLElement>(
  contents: unknown,
): { ref: RefObject<E | null>; hasRoom: boolean } {
  const ref = useRef<E>(null);
  const [hasRoom, setHasRoom] = useState(true);
  /** Width below which it has been seen not to fit, in CSS pixels. */
  const needed = useRef(0);
  // Before the first paint, so that nothing moves.
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    needed.current = 0;
    const measure = (): void => {
      if (element.scrollWidth > element.clientWidth) {
        needed.current = Math.max(needed.current, element.scrollWidth);
      }
      setHasRoom(element.clientWidth >= needed.current);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [contents]);
  return { ref, hasRoom };
}
