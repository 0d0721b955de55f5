/**
 * Scripts, styles, workers and data come from here alone, and none of them stands in the page
 * itself; React sets styles through the DOM. Only pages from here may show this one in a frame.
 */
export const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; base-uri 'self'; form-action 'self'; object-src 'none'; frame-ancestors 'self'",
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
} as const;
