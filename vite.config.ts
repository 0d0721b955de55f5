import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

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
    modulePreload: { polyfill: false },
    // light-dark() and the other CSS of the styles, unchanged.
    target: ['chrome123', 'firefox128', 'safari17.5'],
  },
  server: { proxy: { '/api': 'http://localhost:16686' } },
});
