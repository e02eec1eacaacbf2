import { existsSync } from 'node:fs'
import { fileURLToPath, URL } from 'node:url'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vite'
import { serverMessages } from './messages'
import { offline } from './offline'
import { precompress } from './precompress'

const out = fileURLToPath(new URL('../internal/webui/dist', import.meta.url))

/** The pages that work without a network. */
const devices = ['field', 'gate'].filter((p) => existsSync(fileURLToPath(new URL(`./src/${p}/main.ts`, import.meta.url))))

export default defineConfig({
  plugins: [
    vue(),
    Components({ dirs: [], dts: false, resolvers: [ElementPlusResolver({ importStyle: 'css' })] }),
    serverMessages(),
    offline(devices),
    precompress(out),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: { __VUE_OPTIONS_API__: 'true', __VUE_I18N_LEGACY_API__: 'false' },
  build: {
    outDir: out,
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 2048,
    chunkSizeWarningLimit: 900,
    rollupOptions: {
      input: {
        index: fileURLToPath(new URL('./index.html', import.meta.url)),
        followup: fileURLToPath(new URL('./followup.html', import.meta.url)),
        ...Object.fromEntries(devices.map((p) => [p, fileURLToPath(new URL(`./${p}.html`, import.meta.url))])),
      },
    },
  },
  server: { proxy: { '/api': { target: process.env.SEAWALL_URL ?? 'http://127.0.0.1:8080' } } },
})
