import { describe, expect, it } from 'vitest';
import {
  ddgGraph,
  ddgMatches,
  ddgView,
  type Density,
  tracesThrough,
} from '../../src/model/ddg-graph.ts';
import { type DdgHop, ddgModel, type DdgSource } from '../../src/model/ddg-model.ts';
import {
  decodeVisible,
  isOfModel,
  encodeVisible,
  hopLevels,
  neighbours,
  onlyPathsOf,
  visibleWithin,
  withDistance,
  withHops,
  without,
} from '../../src/model/ddg-visibility.ts';

/** `web:GET cart:Get db:q` */
function path(stops: string, traceId = ''): DdgSource {
  return {
    traceId,
    stops: stops.split(' ').map((stop) => {
      const [service = '', operation = 'op'] = stop.split(':');
      return { service, operation };
    }),
  };
}

const CART = { service: 'cart', operation: '' };
const names = (hops: readonly DdgHop[]): readonly string[] =>
  hops.map(({ distance, service }) => `${service}${distance}`);

describe('the model of a deep dependency graph', () => {
  it('numbers hops outwards from the focus, whatever the order of the paths', () => {
    const paths = [path('web cart db disk'), path('app cart redis')];
    const { hops } = ddgModel(paths, CART);
    expect(names(hops)).toEqual(['cart0', 'cart0', 'redis1', 'db1', 'app-1', 'web-1', 'disk2']);
    expect(hops.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(ddgModel(paths.toReversed(), CART)).toEqual(ddgModel(paths, CART));
  });

  it('leaves out repetitions and paths that do not pass the focus', () => {
    const paths = [path('web cart', '1'), path('web cart', '2'), path('web mail')];
    expect(ddgModel(paths, CART).paths.map(({ traceId }) => traceId)).toEqual(['1']);
    const byOperation = ddgModel([path('web cart:Get'), path('web cart:Put')], {
      service: 'cart',
      operation: 'Put',
    });
    expect(byOperation.paths.map(({ hops }) => hops.at(-1)?.operation)).toEqual(['Put']);
  });

  it('takes the first of several stops at the focus', () => {
    const model = ddgModel([path('web cart mail cart')], CART);
    expect(names(model.paths[0]?.hops ?? [])).toEqual(['web-1', 'cart0', 'mail1', 'cart2']);
  });
});

describe('what is shown of it', () => {
  const model = ddgModel(
    [path('edge web cart db disk', 'a'), path('edge web cart mail', 'b'), path('app cart db', 'c')],
    CART,
  );
  const shown = (visible: ReadonlySet<number>): string =>
    names(model.hops.filter(({ index }) => visible.has(index))).join(' ');
  const hops = (service: string): readonly DdgHop[] =>
    model.hops.filter((hop) => hop.service === service);

  it('is written as Jaeger does: parts of 31 bits in base 36', () => {
    expect(encodeVisible(new Set([0, 1, 30, 31, 93]))).toBe('hra0hv,1,0,1');
    expect([...(decodeVisible('hra0hv,1,0,1') ?? [])]).toEqual([0, 1, 30, 31, 93]);
    expect(encodeVisible(new Set())).toBe('');
  });

  it.each(['', '!,3', '3,', 'zzzzzzz', '7 ', '<b>', '-1', 'A'])('is not read from %j', (text) => {
    expect(decodeVisible(text)).toBeUndefined();
  });

  it('is of a model when its hops are there, the focus among them', () => {
    const focal = model.hops.filter(({ distance }) => distance === 0).map(({ index }) => index);
    const other = model.hops.filter(({ distance }) => distance !== 0).map(({ index }) => index);
    expect(isOfModel(model, new Set([...focal, ...other]))).toBe(true);
    expect(isOfModel(model, new Set(focal))).toBe(true);
    expect(isOfModel(model, new Set(other))).toBe(false);
    expect(isOfModel(model, new Set([...focal, 999]))).toBe(false);
    expect(isOfModel(model, new Set())).toBe(false);
  });

  it('can be everything within a distance', () => {
    expect(shown(visibleWithin(model, 1))).toBe(
      'cart0 cart0 cart0 db1 db1 mail1 app-1 web-1 web-1',
    );
  });

  it('is counted by distance', () => {
    expect(hopLevels(model, visibleWithin(model, 1), 'downstream')).toEqual([
      { distance: 1, shown: 3, count: 3 },
      { distance: 2, shown: 0, count: 1 },
    ]);
    expect(hopLevels(model, new Set([6]), 'upstream')).toEqual([
      { distance: 1, shown: 1, count: 3 },
      { distance: 2, shown: 0, count: 2 },
    ]);
  });

  it('changes in one direction without the other', () => {
    const all = visibleWithin(model, 9);
    expect(shown(withDistance(model, all, 'upstream', 0))).toBe(
      'cart0 cart0 cart0 db1 db1 mail1 disk2',
    );
    const near = visibleWithin(model, 0);
    expect(shown(withDistance(model, near, 'downstream', 2))).toBe(
      'cart0 cart0 cart0 db1 db1 mail1 disk2',
    );
  });

  it('loses a node with all beyond it, but never the focus', () => {
    const all = visibleWithin(model, 9);
    expect(shown(without(model, all, [...hops('db'), ...hops('web')]))).toBe(
      'cart0 cart0 cart0 mail1 app-1',
    );
    expect(without(model, all, hops('cart'))).toEqual(all);
  });

  it('is cut down to the paths through a node', () => {
    expect(shown(onlyPathsOf(model, visibleWithin(model, 1), hops('mail')))).toBe(
      'cart0 mail1 web-1',
    );
  });

  it('gains hops with their way to the focus', () => {
    expect(shown(withHops(model, new Set(), hops('disk')))).toBe('cart0 db1 disk2');
    expect(shown(withHops(model, new Set(), hops('edge')))).toBe(
      'cart0 cart0 web-1 web-1 edge-2 edge-2',
    );
  });

  it('has neighbours in both directions', () => {
    expect(names(neighbours(model, hops('db'), 'downstream'))).toEqual(['disk2']);
    expect(names(neighbours(model, hops('db'), 'upstream'))).toEqual(['cart0', 'cart0']);
    expect(neighbours(model, hops('edge'), 'upstream')).toEqual([]);
  });
});

describe('its nodes', () => {
  // A service on both sides, at two distances, on two ways, and as an end.
  const model = ddgModel(
    [path('log cart log'), path('web cart db log:w'), path('web cart mail log cart')],
    CART,
  );
  const nodes = (density: Density, showOperations = false): readonly string[] =>
    [...ddgGraph(model, density, showOperations).nodes.values()].map(
      ({ hops, service }) => `${service}*${hops.length}`,
    );

  it('are each service once when most concise', () => {
    expect(nodes('mc')).toEqual(['cart*4', 'log*4', 'db*1', 'mail*1', 'web*2']);
  });

  it('are each service once on each side of the focus', () => {
    expect(nodes('uvd')).toEqual(['cart*3', 'log*3', 'db*1', 'mail*1', 'log*1', 'web*2', 'cart*1']);
  });

  it('are each service once at each distance', () => {
    expect(nodes('opl')).toEqual([
      'cart*3',
      'log*1',
      'db*1',
      'mail*1',
      'log*1',
      'web*2',
      'log*2',
      'cart*1',
    ]);
  });

  it('are each way to the focus once', () => {
    expect(nodes('ppe')).toEqual([
      'cart*3',
      'log*1',
      'db*1',
      'mail*1',
      'log*1',
      'web*2',
      'log*1',
      'log*1',
      'cart*1',
    ]);
  });

  it('tell ends of paths from stops on the way', () => {
    const ends = ddgModel([path('cart log'), path('cart log disk')], CART);
    const count = (density: Density): number => ddgGraph(ends, density, false).nodes.size;
    expect([count('ppe'), count('evi')]).toEqual([3, 4]);
  });

  it('are told apart by operations where those are shown, the focus by none', () => {
    const two = ddgModel([path('cart:a log:x'), path('cart:b log:y')], CART);
    const [focus, ...others] = ddgGraph(two, 'uvd', true).nodes.values();
    expect([focus?.isFocal, focus?.operations]).toEqual([true, ['a', 'b']]);
    expect(others.map(({ operations }) => operations)).toEqual([['x'], ['y']]);
    expect([...ddgGraph(two, 'uvd', false).nodes.values()].map((node) => node.operations)).toEqual([
      ['a', 'b'],
      ['x', 'y'],
    ]);
  });

  it('are shown with the calls between shown hops, each path counted once', () => {
    const graph = ddgGraph(model, 'mc', false);
    const view = ddgView(model, graph, visibleWithin(model, 1));
    expect(view.nodes.map(({ service }) => service)).toEqual(['cart', 'log', 'db', 'mail', 'web']);
    const name = (id: string): string => graph.nodes.get(id)?.service ?? '';
    expect(
      view.edges.map(({ from, pathCount, to }) => `${name(from)}>${name(to)}*${pathCount}`),
    ).toEqual(['log>cart*1', 'cart>log*1', 'web>cart*2', 'cart>db*1', 'cart>mail*1']);
  });

  it('are found by a part of the service, and of the operation where it is shown', () => {
    const two = ddgModel([path('cart:a LOG:Write')], CART);
    const found = (find: string, showOperations: boolean): number =>
      ddgMatches(ddgGraph(two, 'mc', showOperations), find, showOperations).size;
    expect([
      found('lo', false),
      found('write', false),
      found('write', true),
      found(' ', true),
    ]).toEqual([1, 0, 1, 0]);
  });

  it('lead to the traces that passed them', () => {
    const two = ddgModel([path('cart db', 'a'), path('cart mail', 'b'), path('cart x', '')], CART);
    expect(tracesThrough(two, two.hops)).toEqual(['a', 'b']);
    expect(
      tracesThrough(
        two,
        two.hops.filter(({ service }) => service === 'mail'),
      ),
    ).toEqual(['b']);
  });
});
