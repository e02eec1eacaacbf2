import { fileURLToPath, URL } from 'node:url'
import { defineConfig, type Plugin } from 'vite'
import { precompress } from './precompress'

const out = fileURLToPath(new URL('../internal/webui/dist', import.meta.url))

/** A phone of 2016 knows no modules: the one script is a plain one that waits for the page. */
function plainScript(): Plugin {
  return {
    name: 'seawall-plain-script',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html) => html.replace(/<script type="module" crossorigin/g, '<script defer').replace(/<link rel="stylesheet" crossorigin/g, '<link rel="stylesheet"'),
    },
  }
}

/** The resident's page is built by itself: old syntax, no framework, nothing shared with the staff's pages. */
export default defineConfig({
  plugins: [plainScript(), precompress(out)],
  build: {
    outDir: out,
    emptyOutDir: false,
    target: 'es2017',
    cssTarget: 'chrome61',
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    modulePreload: false,
    rollupOptions: {
      input: { resident: fileURLToPath(new URL('./resident.html', import.meta.url)) },
      output: { format: 'iife' },
    },
  },
  server: { proxy: { '/api': { target: process.env.SEAWALL_URL ?? 'http://127.0.0.1:8080' } } },
})
