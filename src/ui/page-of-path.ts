const START_PAGE = 'search';
/** Jaeger compares two traces, or one with a choice of others, below the address of traces. */
const COMPARED = '...';

/** Which entry of the page table a path is, and the id in it. */
export function pageOfPath(path: string): { readonly page: string; readonly id: string } {
  const [name = '', id = ''] = path.split('/');
  if (name === 'trace' && id.includes(COMPARED)) return { page: 'compare', id };
  return { page: name === '' ? START_PAGE : name, id };
}
