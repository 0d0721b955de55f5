/* global document, fetch, localStorage, location, setTimeout, URL, URLSearchParams */
// Runs before the first paint and before the app is there. Without a stored theme the stylesheet
// follows the OS by itself; a page that embeds this one may choose for it.
try {
  const url = new URLSearchParams(location.search);
  const wanted = url.get('uiEmbed') === 'v0' && url.get('uiTheme');
  const theme = wanted || localStorage.getItem('jaeger-ui-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch (error) {
  document.documentElement.dataset.storage = String(error);
}

const base = new URL(document.baseURI).pathname;
const [page, id = ''] = location.pathname.slice(base.length).split('/');

// What the page asks of the query service first, on its way before the app is there, which takes it
// from here. What nobody takes is given up. First of all: a browser has few connections to a server.
const LEFT_AFTER_MS = 10_000;
const earlyAnswers = new Map();
globalThis.earlyAnswers = earlyAnswers;
const isEmbedded = new URLSearchParams(location.search).get('uiEmbed') === 'v0';
if ((page || 'search') === 'search' && !isEmbedded) askEarly('api/v3/services');
if (page === 'trace' && /^(?:[\da-f]{16}){1,2}$/.test(id)) askEarly(`api/ui/traces/${id}`);

// The build writes down which files each page needs beyond those that index.html names. Asked for
// now, they arrive beside the app instead of after it.
const filesOfPages = {};
const isCompared = page === 'trace' && id.includes('...');
for (const file of filesOfPages[isCompared ? 'compare' : page || 'search'] ?? []) {
  const link = document.createElement('link');
  link.rel = file.endsWith('.css') ? 'preload' : 'modulepreload';
  if (link.rel === 'preload') link.as = 'style';
  link.crossOrigin = '';
  link.href = file;
  document.head.append(link);
}

function askEarly(path) {
  const url = new URL(path, document.baseURI);
  const answer = fetch(url);
  earlyAnswers.set(url.href, answer);
  answer.catch(() => {
    // Who takes it says so.
  });
}

setTimeout(() => {
  const giveUp = (response) => response.body?.cancel();
  for (const answer of earlyAnswers.values()) answer.then(giveUp).catch(() => {});
  earlyAnswers.clear();
}, LEFT_AFTER_MS);
