import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'src/ui',
  base: './',
  plugins: [react()],
  build: {
    outDir: '../../dist/ui',
    emptyOutDir: true,
    assetsDir: 'static',
    sourcemap: true,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': 'http://localhost:16686' } },
});
