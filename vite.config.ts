import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** With all that these import. */
const ALWAYS_LOADED = [
  /src\/ui\/[^/]+$/,
  /src\/ui\/api\/(?:json-shape|services)\.ts$/,
  /src\/ui\/components\/(?:combobox|copy-button|duration|element-width|icon-button|modal-dialog|notice|safe-text|select|data-table|service-dot|sparkline|split-panel)\./,
  /src\/(?:model\/span|ui\/pages\/search\/search-request)\.ts$/,
  /src\/model\/sorted-order\.ts$/,
  // Other icons are one file for all pages but the search.
  /node_modules\/lucide-react\/dist\/esm\/icons\/(?:arrow-down|arrow-up|circle-exclamation-point|file-up|rotate-ccw|x)\./,
  // A page that changes something brings what that needs.
  /node_modules\/@tanstack\/(?:react-query|query-core)\/(?!.*[mM]utation(?:Observer)?\.js)/,
];

/** What the search page shares with others, apart from what is always loaded; with all that these import. */
const SEARCH_LOADED = /src\/ui\/pages\/(?:search\/search-(?:side|form|box)|search\/results)\.tsx$/;

export default defineConfig({
  root: 'src/ui',
  // Relative, so that the same files work under any base path; index.html's <base> says which.
  base: './',
  plugins: [react()],
  build: {
    outDir: '../../dist/ui',
    emptyOutDir: true,
    assetsDir: 'static',
    // The CSP allows no data: addresses, so every asset is a file.
    assetsInlineLimit: 0,
    sourcemap: true,
    // Which files a page needs: for its budget, and to have them asked for before the app runs.
    manifest: true,
    // Few files, for each is a request: what is always loaded is one, with the small
    // components that several pages share; others are what
    // graphs, and what all that shows a trace, has in common.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'app', test: (module) => ALWAYS_LOADED.some((part) => part.test(module)) },
            { name: 'search', test: SEARCH_LOADED },
            { name: 'icons', test: /node_modules\/lucide-react\//, minShareCount: 2 },
            {
              name: 'graph',
              test: /src\/ui\/components\/graph\/(?!graph-worker)/,
              minShareCount: 2,
            },
            {
              name: 'trace',
              test: /src\/(?:ui\/api\/trace(?:-columns)?|ui\/pages\/trace\/(?:json-value|span-section|use-typed-text)|model\/(?:find-spans|self-time|trace-overview|trace-tree))\.tsx?$/,
            },
          ],
        },
      },
    },
    // All styles together take less time than a further request.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    // light-dark() and the other CSS of the styles, unchanged.
    target: ['chrome123', 'firefox128', 'safari17.5'],
  },
  server: { proxy: { '/api': 'http://localhost:16686' } },
});
