import type { Customer } from './customer-service.ts';

/** The demo's one page; script and style are files of their own so that it needs no inline code. */
export function hotrodPage(customers: readonly Customer[]): string {
  const buttons = customers
    .map(
      ({ ID, Name }) =>
        `<button class="customer" data-customer="${ID}">${escapeHtml(Name.replaceAll('_', ' '))}</button>`,
    )
    .join('\n        ');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>HotROD – rides on demand</title>
    <link rel="stylesheet" href="app.css">
    <script type="module" src="app.js"></script>
  </head>
  <body>
    <main>
      <h1>Hot R.O.D.</h1>
      <p>Rides on demand. Each click orders a car and makes one trace.</p>
      <div class="customers">
        ${buttons}
      </div>
      <ol id="rides" aria-live="polite"></ol>
    </main>
  </body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

export const hotrodScript = `const rides = document.querySelector('#rides');
const session = String(Math.floor(Math.random() * 10000));
let requests = 0;
const config = await (await fetch('config')).json();

function link(text, href) {
  const anchor = document.createElement('a');
  anchor.textContent = text;
  anchor.href = href;
  anchor.target = '_blank';
  anchor.rel = 'noopener';
  return anchor;
}

async function order(customer) {
  requests += 1;
  const request = session + '-' + requests;
  const row = document.createElement('li');
  row.textContent = 'Dispatching a car… [request ' + request + ']';
  rides.prepend(row);
  const started = performance.now();
  const response = await fetch('dispatch?customer=' + encodeURIComponent(customer), {
    headers: { baggage: 'session=' + session + ',request=' + request },
  });
  const latency = Math.round(performance.now() - started);
  if (!response.ok) {
    row.textContent = 'No car: ' + (await response.text()) + ' (' + latency + ' ms)';
    return;
  }
  const ride = await response.json();
  const minutes = Math.round(ride.ETA / 60e9);
  row.textContent = ride.Driver + ' arrives in ' + minutes + ' min (' + latency + ' ms) ';
  const traceId = (response.headers.get('traceresponse') ?? '').split('-')[1];
  const tags = encodeURIComponent(JSON.stringify({ driver: ride.Driver }));
  row.append(
    link('open trace', config.jaeger + '/trace/' + traceId),
    ' ',
    link('find trace', config.jaeger + '/search?service=frontend&lookback=1h&tags=' + tags),
  );
}

for (const button of document.querySelectorAll('.customer')) {
  button.addEventListener('click', () => order(button.dataset.customer));
}
`;

export const hotrodStyle = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 46rem; margin: 3rem auto; padding: 0 1rem; }
h1 { margin: 0; font-size: 2rem; }
.customers { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0; }
.customer { padding: .75rem 1.25rem; border: 0; border-radius: .5rem; font: inherit; color: #fff;
  background: #0b6e99; cursor: pointer; }
.customer:hover, .customer:focus-visible { background: #095a7d; }
li { padding: .25rem 0; font-variant-numeric: tabular-nums; }
a { margin-inline-start: .5rem; }
`;
