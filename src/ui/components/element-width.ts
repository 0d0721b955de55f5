import { useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** Width of an element inside its border in CSS pixels, as it changes; 0 until it is laid out. */
export function useElementWidth<E extends HTMLElement>(): {
  ref: RefObject<E | null>;
  width: number;
} {
  const ref = useRef<E>(null);
  const [width, setWidth] = useState(0);
  // Before the first paint, so that nothing moves once the width is known.
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const measure = (): void => {
      setWidth(element.clientWidth);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  return { ref, width };
}
