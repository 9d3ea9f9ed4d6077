/// <reference types="vitest/config" />
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** The page is embedded in the node and served at `/`; in development the node answers under `/api`. */
export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    // The content policy allows nothing inline: no data: styles or scripts, one file each.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1600,
    reportCompressedSize: true,
  },
  // A worker in parts: it loads a beacon's arithmetic only where a draw needs it.
  worker: { format: 'es' },
  server: { proxy: { '/api': { target: process.env['BITACORA_NODE'] ?? 'http://127.0.0.1:8750' } } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
