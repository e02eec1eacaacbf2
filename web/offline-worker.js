// The service worker of the field phone and the gate tablet (built by offline.ts).
// It keeps the pages and their code, never an answer of the API: what a page
// knows of people is sealed in its own store.
const VERSION = 'seawall-__VERSION__'
const FILES = ['__FILES__']
const PAGES = ['__PAGES__']

self.addEventListener('install', (e) => {
  e.waitUntil(
    caches
      .open(VERSION)
      .then((c) => c.addAll(FILES.map((f) => new Request(f, { cache: 'reload' }))))
      .then(() => self.skipWaiting()),
  )
})

self.addEventListener('activate', (e) => {
  e.waitUntil(
    caches
      .keys()
      .then((all) => Promise.all(all.filter((k) => k.startsWith('seawall-') && k !== VERSION).map((k) => caches.delete(k))))
      .then(() => self.clients.claim()),
  )
})

self.addEventListener('fetch', (e) => {
  const url = new URL(e.request.url)
  if (e.request.method !== 'GET' || url.origin !== location.origin || url.pathname.startsWith('/api/')) return
  const page = PAGES.find((p) => url.pathname.startsWith(`/${p}/`))
  const name = e.request.mode === 'navigate' && page ? `/${page}/` : url.pathname
  if (!FILES.includes(name)) return
  // the page itself comes fresh where there is a network, and from here where there is none or none that answers
  e.respondWith(name.endsWith('/') ? fresh(name, e.request) : kept(name, e.request))
})

async function kept(name, request) {
  const hit = await caches.match(name, { cacheName: VERSION })
  return hit ?? fetch(request)
}

async function fresh(name, request) {
  const stop = new AbortController()
  const late = setTimeout(() => stop.abort(), 3000)
  try {
    const answer = await fetch(request.url, { signal: stop.signal })
    if (answer.ok) return answer
  } catch {
    // no network, or one that does not answer in three seconds
  } finally {
    clearTimeout(late)
  }
  return (await caches.match(name, { cacheName: VERSION })) ?? Response.error()
}
