/* global document, localStorage */
// Runs before the first paint; without a stored choice the stylesheet follows the OS by itself.
try {
  const theme = localStorage.getItem('jaeger-ui-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch (error) {
  document.documentElement.dataset.storage = String(error);
}
