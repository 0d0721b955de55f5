const WARM_UPS = 3;

/** How long a query service with Jaeger's API takes to answer about data set D. */
export async function measureQueries(base: string): Promise<void> {
  const found = await search(base, 'service=cart-service&limit=200');
  const ids = found.map(({ traceID }) => traceID);
  await time('get trace', 100, (run) =>
    getText(`${base}/api/traces/${ids[run % ids.length] ?? ''}`),
  );
  await time('unknown id', 100, (run) =>
    getText(`${base}/api/traces/${(run + 1).toString(16).padStart(32, 'f')}`),
  );
  const tags = (value: Record<string, string>): string => encodeURIComponent(JSON.stringify(value));
  const searches: Record<string, string> = {
    'find service': 'service=cart-service&limit=20',
    '+ operation': `service=cart-service&limit=20&operation=${encodeURIComponent('GET /api/v1/orders/{id}')}`,
    '+ duration': 'service=cart-service&limit=20&minDuration=80ms',
    '+ common tag': `service=cart-service&limit=20&tags=${tags({ 'http.response.status_code': '500' })}`,
    '+ rare tag': `service=cart-service&limit=20&tags=${tags({ 'customer.id': 'cust-4711' })}`,
    '+ tag without a hit': `service=cart-service&limit=20&tags=${tags({ 'customer.id': 'nobody' })}`,
    'limit 1500': 'service=cart-service&limit=1500',
  };
  for (const [name, query] of Object.entries(searches)) {
    const count = (await search(base, query)).length;
    await time(`${name} (${count})`, name === 'limit 1500' ? 5 : 15, () => search(base, query));
  }
  await time('services', 30, () => getText(`${base}/api/services`));
  await time('operations', 30, () => getText(`${base}/api/services/cart-service/operations`));
  const day = 24 * 3_600_000;
  const links = `${base}/api/dependencies?endTs=${Date.now() + day}&lookback=${20_000 * day}`;
  const startedAt = performance.now();
  await getText(links);
  console.log(`  dependencies, first time: ${(performance.now() - startedAt).toFixed(0)} ms`);
  await time('dependencies', 10, () => getText(links));
}

async function search(base: string, query: string): Promise<readonly { traceID: string }[]> {
  const everything = `start=0&end=${Date.now()}000`;
  const { data } = JSON.parse(await getText(`${base}/api/traces?${everything}&${query}`)) as {
    data: { traceID: string }[] | null;
  };
  return data ?? [];
}

export async function getText(url: string): Promise<string> {
  return (await fetch(url)).text();
}

async function time(
  name: string,
  runs: number,
  run: (run: number) => Promise<unknown>,
): Promise<void> {
  const times: number[] = [];
  for (let index = 0; index < runs + WARM_UPS; index++) {
    const startedAt = performance.now();
    await run(index);
    if (index >= WARM_UPS) times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  const middle = times[Math.floor(times.length / 2)] ?? Number.NaN;
  console.log(
    `  ${name}: p50 ${middle.toFixed(2)} ms, worst ${(times.at(-1) ?? Number.NaN).toFixed(2)} ms`,
  );
}
