// The service worker of the offline check. FILES and VERSION stand before this text. It answers with the files of one
// version, all of them or none, and with nothing else: data, proofs and every other page always come from the network.

const NAME = `offline-check ${VERSION}`

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(NAME)
      .then((store) => store.addAll(FILES.map((file) => new Request(file, { cache: 'reload', credentials: 'omit' }))))
      .then(() => self.skipWaiting()),
  )
})

self.addEventListener('activate', (event) => {
  const forget = async () => {
    const names = await caches.keys()
    await Promise.all(names.filter((name) => name.startsWith('offline-check ') && name !== NAME).map((name) => caches.delete(name)))
    await self.clients.claim()
  }
  event.waitUntil(forget())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET') return
  const url = new URL(request.url)
  const isPage = request.mode === 'navigate' && url.pathname === PAGE
  const wanted = isPage ? PAGE : url.pathname + url.search
  if (url.origin !== self.location.origin || !FILES.includes(wanted)) return
  event.respondWith(caches.open(NAME).then(async (store) => (await store.match(wanted)) ?? fetch(request)))
})
