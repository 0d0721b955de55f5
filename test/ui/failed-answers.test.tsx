import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { openApp } from './open-app.tsx';

const SERVICES = 'api/v3/services';
/** What a person does not yet take for a page that hangs. */
const AT_ONCE_MS = 900;

const refusal = (status: number) => (): Response =>
  Response.json({ errors: [{ code: status, msg: 'the storage is on fire' }] }, { status });

describe('an answer that is a failure', () => {
  it.each([400, 404, 500, 501])(
    'of status %i is said at once, and not asked for again',
    async (status) => {
      const asked = openApp('dependencies', { 'api/dependencies': refusal(status) });
      await screen.findByText(
        new RegExp(`${status}: the storage is on fire`),
        {},
        { timeout: AT_ONCE_MS },
      );
      expect(asked.get('api/dependencies')).toHaveLength(1);
    },
  );

  it.each([502, 503, 504])('of status %i is asked for once more, soon', async (status) => {
    const asked = openApp('dependencies', { 'api/dependencies': refusal(status) });
    await screen.findByText(/on fire/, {}, { timeout: AT_ONCE_MS });
    expect(asked.get('api/dependencies')).toHaveLength(2);
  });

  it('comes after one more try where nothing answers', async () => {
    const asked = openApp('dependencies', {
      'api/dependencies': () => {
        throw new TypeError('Failed to fetch');
      },
    });
    await screen.findByText(/does not answer/, {}, { timeout: AT_ONCE_MS });
    expect(asked.get('api/dependencies')).toHaveLength(2);
  });

  it('is forgotten when the second try gets one that is none', async () => {
    let tries = 0;
    const asked = openApp('search', {
      [SERVICES]: () => {
        tries += 1;
        if (tries === 1) throw new TypeError('Failed to fetch');
        return { services: ['cart'] };
      },
    });
    await screen.findByRole('link', { name: 'cart' });
    expect(asked.get(SERVICES)).toHaveLength(2);
  });
});
