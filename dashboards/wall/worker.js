// Stands between a wall and its server for one thing: a page that is loaded while the server does not answer (after a power
// cut, say) waits in words and asks again by itself, instead of ending on the browser's own error page. It keeps nothing:
// a screen without its server shows no figure rather than one that nobody has confirmed.
'use strict';

const WORDS = {};
const AGAIN = 3; // seconds
const SLOWEST = 20000; // milliseconds: a server without power does not even refuse
const AWAY = [502, 503, 504]; // the proxy before the server answers in its place
const OURS = /^\/(wall\/[^/]+|screen)$/;

self.addEventListener('install', (event) => {
  self.skipWaiting();
  // what a page asks for after it is loaded goes past this program, where the browser can be told so
  const rules = [
    { condition: { requestMode: 'navigate' }, source: 'fetch-event' },
    { condition: { urlPattern: '/*' }, source: 'network' }
  ];
  if (event.addRoutes) event.waitUntil(event.addRoutes(rules).catch(() => {}));
});

self.addEventListener('fetch', (event) => {
  const { mode, method, url } = event.request;
  const place = new URL(url);
  if (mode === 'navigate' && method === 'GET' && OURS.test(place.pathname)) event.respondWith(loaded(event.request, place));
});

const loaded = async (request, place) => {
  const never = new Promise((resolve) => setTimeout(resolve, SLOWEST, null));
  const answer = await Promise.race([fetch(request), never]).catch(() => null);
  return answer && !AWAY.includes(answer.status) ? answer : waiting(place);
};

const waiting = (place) => {
  const language = place.searchParams.get('lang') === 'en' ? 'en' : 'vi';
  const { title, text } = WORDS[language];
  const now = new Date().toLocaleTimeString('vi-VN', { timeZone: 'Asia/Ho_Chi_Minh', hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const page = `<!DOCTYPE html>
<html lang="${language}"><head><meta charset="utf-8"><meta http-equiv="refresh" content="${AGAIN}"><title>${title}</title>
<style>html{height:100%;background:#0b1220;color:#dfe6f2;font-family:"IBM Plex Sans",system-ui,sans-serif;cursor:none}
body{display:flex;flex-direction:column;justify-content:center;height:100%;margin:0 8vmin;gap:3vmin}
h1{margin:0;font-size:8vmin;font-weight:600}p{margin:0;font-size:3.6vmin;color:#a8b5cc}</style></head>
<body><h1>${title}</h1><p>${text.replace('{time}', now)}</p></body></html>`;
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'Cache-Control': 'no-store'
  };
  return new Response(page, { status: 503, headers });
};
