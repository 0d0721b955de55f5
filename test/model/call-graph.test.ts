import { describe, expect, it } from 'vitest';
import {
  calledServices,
  type CallLink,
  linksAround,
  servicesLike,
} from '../../src/model/call-graph.ts';

const LINKS: readonly CallLink[] = [
  { parent: 'web', child: 'cart', callCount: 10 },
  { parent: 'web', child: 'mail', callCount: 2 },
  { parent: 'cart', child: 'db', callCount: 30 },
  { parent: 'mail', child: 'db', callCount: 4 },
  { parent: 'cart', child: 'cart', callCount: 5 },
  { parent: 'db', child: 'disk', callCount: 7 },
];

const pairs = (links: readonly CallLink[]): readonly string[] =>
  links.map(({ parent, child }) => `${parent}>${child}`);

describe('the services of calls', () => {
  it('counts calls on both sides by name, calls of itself apart', () => {
    const [cart, ...others] = calledServices(LINKS);
    expect(cart).toEqual({
      name: 'cart',
      callers: 1,
      callees: 1,
      callsIn: 10,
      callsOut: 30,
      callsItself: 5,
    });
    expect(others.map(({ name }) => name)).toEqual(['db', 'disk', 'mail', 'web']);
  });

  it('takes names that every object has', () => {
    const [found] = calledServices([{ parent: '__proto__', child: '__proto__', callCount: 1 }]);
    expect(found?.callsItself).toBe(1);
  });
});

describe('the calls around a service', () => {
  it('are those that lead to it and those it leads to, without siblings', () => {
    expect(pairs(linksAround(LINKS, 'cart', 5))).toEqual([
      'web>cart',
      'cart>db',
      'cart>cart',
      'db>disk',
    ]);
  });

  it('end after as many calls as asked for', () => {
    expect(pairs(linksAround(LINKS, 'cart', 1))).toEqual(['web>cart', 'cart>db', 'cart>cart']);
    expect(pairs(linksAround(LINKS, 'disk', 2))).toEqual([
      'cart>db',
      'mail>db',
      'cart>cart',
      'db>disk',
    ]);
  });

  it('are none for a service that is not there', () => {
    expect(linksAround(LINKS, 'gone', 5)).toEqual([]);
  });

  it('end in a circle', () => {
    const circle = [
      { parent: 'a', child: 'b', callCount: 1 },
      { parent: 'b', child: 'a', callCount: 1 },
    ];
    expect(pairs(linksAround(circle, 'a', 20))).toEqual(['a>b', 'b>a']);
  });
});

describe('finding services', () => {
  it('looks for a part of the name, whatever the case', () => {
    const names = ['cart', 'Cart-db', 'web'];
    expect([...servicesLike(names, ' CART ')]).toEqual(['cart', 'Cart-db']);
    expect(servicesLike(names, '  ').size).toBe(0);
  });
});
