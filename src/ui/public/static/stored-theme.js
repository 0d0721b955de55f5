/* global document, localStorage, location, URLSearchParams */
// Runs before the first paint; without a stored choice the stylesheet follows the OS by itself.
// A page that embeds this one may choose for it.
try {
  const url = new URLSearchParams(location.search);
  const wanted = url.get('uiEmbed') === 'v0' && url.get('uiTheme');
  const theme = wanted || localStorage.getItem('jaeger-ui-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch (error) {
  document.documentElement.dataset.storage = String(error);
}
