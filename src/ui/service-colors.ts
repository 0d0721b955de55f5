import { createContext, useContext } from 'react';
import type { BrowserStore } from './browser-store.ts';

/** Gives each service its colour, as a CSS value. */
export type ServiceColor = (serviceName: string) => string;

const COLORS = 16;
/** Beyond this many names, colours repeat anyway; the store stays small. */
const MAX_REMEMBERED = 500;
const STORE_KEY = 'jaeger-ui-service-colors';

/**
 * A service keeps its colour on every page and on the next visit. It comes from its name; when
 * another service has it already, the next free one is taken, until all are in use.
 */
export function createServiceColors(store: BrowserStore): ServiceColor {
  const slots = readSlots(store);
  const used = new Set(slots.values());
  return (serviceName) => {
    let slot = slots.get(serviceName);
    if (slot === undefined) {
      slot = freeSlot(hash(serviceName) % COLORS, used);
      used.add(slot);
      if (slots.size < MAX_REMEMBERED) {
        slots.set(serviceName, slot);
        store.setItem(STORE_KEY, JSON.stringify([...slots]));
      }
    }
    return `var(--service-${slot})`;
  };
}

export const ServiceColorContext = createContext<ServiceColor>(() => 'var(--service-0)');

export function useServiceColor(): ServiceColor {
  return useContext(ServiceColorContext);
}

function freeSlot(wanted: number, used: ReadonlySet<number>): number {
  for (let step = 0; step < COLORS; step++) {
    const slot = (wanted + step) % COLORS;
    if (!used.has(slot)) return slot;
  }
  return wanted;
}

function readSlots(store: BrowserStore): Map<string, number> {
  const slots = new Map<string, number>();
  for (const entry of parseArray(store.getItem(STORE_KEY) ?? '[]')) {
    const pair: readonly unknown[] = Array.isArray(entry) ? entry : [];
    const [name, slot] = pair;
    if (typeof name === 'string' && typeof slot === 'number' && slot >= 0 && slot < COLORS) {
      slots.set(name, slot);
    }
  }
  return slots;
}

/** What another version or a person left there may be anything: start afresh then. */
function parseArray(json: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(json);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

/** FNV-1a, 32 bits. */
function hash(name: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    value = Math.imul(value ^ name.charCodeAt(i), 0x01000193) >>> 0;
  }
  return value;
}
