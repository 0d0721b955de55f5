/** Where a UI has what is measured: selectors of CSS. */
export interface UiUnderTest {
  readonly name: string;
  /** Without a slash at its end. */
  readonly base: string;
  /** Submits the search form; there as soon as one can search. */
  readonly submit: string;
  readonly limit: string;
  readonly result: string;
  /** Of the trace's timeline: what scrolls, and what of a row takes a click. */
  readonly scroller: string;
  readonly row: string;
  readonly detail: string;
}

export function ownUi(base: string): UiUnderTest {
  return {
    ...{ name: 'this UI', base },
    submit: '.search-form button[type=submit]',
    limit: '.search-form input[type=number]',
    result: '.result-item',
    scroller: '.timeline-scroll',
    row: '.timeline-row',
    detail: '.span-detail',
  };
}

/** Jaeger's own UI, of any recent version. */
export function jaegerUi(base: string): UiUnderTest {
  return {
    ...{ name: 'peer', base },
    submit: 'form button[type=submit]',
    limit: 'input[name=resultsLimit]',
    result: '.ResultItem',
    scroller: 'html',
    row: '.span-row .span-view',
    detail: '.detail-row',
  };
}

/** Since navigation; nothing that is worth measuring takes longer. */
const WAIT_MS = 60_000;

/**
 * Runs in every page before its own scripts. `when` resolves with the milliseconds since navigation
 * when the browser is about to draw so many elements; `tasks` are those above 50 ms.
 */
export const PROBE = `
globalThis.probe = {
  tasks: [],
  when(selector, count = 1) {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (document.querySelectorAll(selector).length >= count) resolve(performance.now());
        else if (performance.now() > ${WAIT_MS}) reject(new Error('nowhere: ' + selector));
        else requestAnimationFrame(look);
      };
      look();
    });
  },
  drawn() {
    return new Promise((resolve) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(undefined);
      });
    });
  },
  longest(fromMs) {
    const lengths = this.tasks.filter(({ start }) => start >= fromMs).map(({ length }) => length);
    return Math.max(0, ...lengths);
  },
  async clickToDetail(row, detail, at) {
    const before = document.querySelectorAll(detail).length;
    const rows = document.querySelectorAll(row);
    const start = performance.now();
    rows[at].click();
    await this.when(detail, before + 1);
    return (await this.drawn()) - start;
  },
  async scroll(selector, frames, pixels) {
    const scroller = document.querySelector(selector);
    for (let frame = 0; frame < frames; frame++) {
      scroller.scrollTop += pixels;
      await new Promise(requestAnimationFrame);
    }
    await this.drawn();
  },
};
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) {
    probe.tasks.push({ start: startTime, length: duration });
  }
}).observe({ type: 'longtask', buffered: true });
`;
