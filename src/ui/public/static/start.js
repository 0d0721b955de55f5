/* global document, localStorage, location, URL, URLSearchParams */
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

// The build writes down which files each page needs beyond those that index.html names. Asked for
// now, they arrive beside the app instead of after it.
const filesOfPages = {};
const base = new URL(document.baseURI).pathname;
const [page, id = ''] = location.pathname.slice(base.length).split('/');
const isCompared = page === 'trace' && id.includes('...');
for (const file of filesOfPages[isCompared ? 'compare' : page || 'search'] ?? []) {
  const link = document.createElement('link');
  link.rel = file.endsWith('.css') ? 'preload' : 'modulepreload';
  if (link.rel === 'preload') link.as = 'style';
  link.crossOrigin = '';
  link.href = file;
  document.head.append(link);
}
