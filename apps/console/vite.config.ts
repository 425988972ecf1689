import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { uswdsSubset } from './build/uswds-subset.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const gateway = process.env['HEARBACK_PUBLIC_URL'] ?? 'http://localhost:8080';

export default defineConfig({
  root: here('.'),
  plugins: [react()],
  css: { postcss: { plugins: [uswdsSubset(here('./src'))] } },
  build: {
    outDir: here('../../dist/console'),
    emptyOutDir: true,
    // Icons and fonts stay files: the page then needs no `data:` in its content security policy.
    assetsInlineLimit: 0,
  },
  server: { port: 5173, proxy: { '/api': gateway, '/auth': gateway } },
});
