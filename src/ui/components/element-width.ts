import { useEffect, useRef, useState, type RefObject } from 'react';

/** Width of an element in CSS pixels as it changes; 0 until it is laid out. */
export function useElementWidth<E extends HTMLElement>(): {
  ref: RefObject<E | null>;
  width: number;
} {
  const ref = useRef<E>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (ref.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      setWidth(Math.floor(entry?.contentRect.width ?? 0));
    });
    observer.observe(ref.current);
    return () => {
      observer.disconnect();
    };
  }, []);
  return { ref, width };
}
