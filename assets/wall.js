// The wall in the browser: asks for versions, swaps the tiles that changed, turns the slides. It computes no figure, and it
// never leaves the page unless the server has just answered: a screen that has lost its server goes on showing what it knew,
// and says since when.
(function () {
  'use strict';

  const wall = document.querySelector('.ioc-wall');
  if (!wall) return; // every page of the program loads the assets

  const html = document.documentElement;
  const part = (name) => wall.querySelector(`[data-part="${name}"]`);
  const say = JSON.parse(wall.dataset.words);
  const interval = Number(wall.dataset.poll);
  const address = window.location.pathname.replace(/\/$/, '');
  const asked = new URLSearchParams(window.location.search);
  const SLOWEST = 30000; // an answer that has not come by then does not come
  const LATE = Math.max(15000, 2 * interval);
  const PAUSE = 120000;
  const BEAT = Math.min(250, interval / 2);
  const SOON = Math.max(1.5 * interval, 2 * interval - BEAT); // seen by the next beat: within two intervals
  const SHIFT = 60000;
  const TICKER = 5000;
  const RELOAD_EVERY = 60000;
  const ZONE = { timeZone: 'Asia/Ho_Chi_Minh' };

  // ---- the clock: the server's, so that a screen set wrong shows the right time

  let offset = Number(wall.dataset.now) - Date.now();
  let days = JSON.parse(wall.dataset.days);
  const server = () => new Date(Date.now() + offset);
  const time = new Intl.DateTimeFormat('vi-VN', { ...ZONE, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const isoDay = new Intl.DateTimeFormat('en-CA', { ...ZONE, year: 'numeric', month: '2-digit', day: '2-digit' });

  const write = (element, text) => {
    if (element && element.textContent !== text) element.textContent = text;
  };

  const showClock = () => {
    const now = server();
    const [date, lunar] = days[isoDay.format(now)] || ['', ''];
    const told = { time: time.format(now), date, lunar };
    for (const element of wall.querySelectorAll('[data-clock]')) write(element, told[element.dataset.clock]);
    const [first, last] = (state.night || '').split('-');
    const at = told.time;
    const isNight = Boolean(first) && (first <= last ? at >= first && at < last : at >= first || at < last);
    wall.classList.toggle('ioc-wall--night', isNight);
  };

  // ---- asking: one question at a time, each with an end

  const ask = async (url, headers) => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), SLOWEST);
    try {
      const answer = await fetch(url, { cache: 'no-store', signal: stop.signal, redirect: 'manual', ...headers });
      return { status: answer.status, body: answer.ok ? await answer.json() : null };
    } catch (error) {
      return { status: 0, body: null };
    } finally {
      clearTimeout(timer);
    }
  };

  let state = { slides: [], night: wall.dataset.night };
  let contact = performance.now(); // the last answer, by a clock nobody sets
  let contactAt = new Date();
  let isLost = false;

  const parameters = () => {
    const sent = new URLSearchParams(asked);
    sent.set('build', wall.dataset.build);
    sent.set('size', `${window.screen.width}x${window.screen.height}`);
    return sent;
  };

  const poll = async () => {
    const started = performance.now();
    const { status, body } = await ask(`${address}/state?${parameters()}`);
    if (body) await take(body);
    else if (status === 401 || status === 403 || status >= 300 && status < 400) await whoAmI();
    // the next question waits for this answer, so that none are ever under way together
    setTimeout(poll, Math.max(interval - (performance.now() - started), Math.min(interval, 200)));
  };

  // Not let in: a screen that was taken away goes dark with words, and a person's session is over.
  const whoAmI = async () => {
    const { body } = await ask('/version');
    if (!body) return;
    if (body.session === 'dark') window.location.replace('/screen');
    if (body.session === 'ended') {
      heard();
      forget();
      words(say.ended);
    }
  };

  const heard = () => {
    contact = performance.now();
    contactAt = server();
    isLost = false;
  };

  const take = async (now) => {
    offset = now.now - Date.now();
    heard();
    if (now.build !== wall.dataset.build) await renew();
    state = now;
    days = now.days;
    html.style.setProperty('--scale', now.scale);
    html.setAttribute('data-mantine-color-scheme', now.theme);
    message(now.message);
    if (now.problem) {
      if (!slides.size || now.gone) {
        forget();
        words(now.problem);
      }
      return;
    }
    words('');
    arrange();
    refresh();
  };

  // A new version of the program: the page is loaded anew, once the server has shown that it can give it.
  const renew = async () => {
    const last = Number(window.sessionStorage.getItem('ioc-reloaded') || 0);
    if (Date.now() - last < RELOAD_EVERY) return;
    const answer = await fetch(window.location.href, { cache: 'reload' }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return;
    window.sessionStorage.setItem('ioc-reloaded', String(Date.now()));
    window.location.reload();
  };

  // ---- slides: what the server says there is, and what is drawn of it

  const stage = part('stage');
  const slides = new Map(); // place → {key, data, sections}
  let turn = []; // [place, page] in the order they are shown
  let current = null;
  let reds = null;
  let refreshing = false;
  let behindSince = null;
  let failures = 0;
  let retryAt = 0;

  const ratio = () => (window.innerWidth / window.innerHeight).toFixed(3);
  const wanted = (one) => `${one.key} ${ratio()}`;
  const stale = () => state.slides.filter((one) => (slides.get(one.place) || {}).key !== wanted(one));

  const refresh = async () => {
    if (refreshing || performance.now() < retryAt) return;
    refreshing = true;
    try {
      for (let next = nextStale(); next; next = nextStale()) {
        const key = wanted(next);
        const sent = parameters();
        sent.set('ratio', ratio());
        const { body } = await ask(`${address}/slide/${next.place}?${sent}`);
        if (!body || !body.pages) {
          failures += 1;
          retryAt = performance.now() + Math.min(30000, interval * 2 ** Math.min(failures, 6));
          return;
        }
        failures = 0;
        draw(next.place, key, body);
      }
    } finally {
      refreshing = false;
    }
  };

  // What is on the screen first, then what comes next.
  const nextStale = () => {
    const found = stale();
    const shown = current && found.find((one) => one.place === current[0]);
    return shown || found[0];
  };

  const draw = (place, key, data) => {
    const kept = slides.get(place) || { sections: [] };
    data.pages.forEach((tiles, page) => {
      const section = kept.sections[page] || stage.appendChild(document.createElement('section'));
      section.classList.add('ioc-slide');
      kept.sections[page] = section;
      swap(section, tiles, kept.key !== undefined);
    });
    kept.sections.splice(data.pages.length).forEach((section) => section.remove());
    const { pages, ...told } = data;
    slides.set(place, { key, data: told, sections: kept.sections });
    arrange();
    if (current && current[0] === place) caption();
    watchReds(place);
    wall.dataset.ratio = stale().length ? '' : ratio();
    wall.dataset.drawn = String(Number(wall.dataset.drawn || 0) + 1);
  };

  // Tiles whose digest is the same stay as they are.
  const swap = (section, tiles, isChange) => {
    const before = new Map([...section.children].map((one) => [one.dataset.key, one]));
    tiles.forEach((tile, at) => {
      let place = before.get(tile.key);
      before.delete(tile.key);
      if (!place || place.dataset.digest !== tile.digest) {
        const fresh = document.createElement('div');
        fresh.className = isChange ? 'ioc-place ioc-place--changed' : 'ioc-place';
        fresh.dataset.key = tile.key;
        fresh.dataset.digest = tile.digest;
        fresh.style.cssText = tile.style;
        fresh.innerHTML = tile.html;
        if (place) place.replaceWith(fresh);
        place = fresh;
      }
      if (section.children[at] !== place) section.insertBefore(place, section.children[at] || null);
    });
    before.forEach((one) => one.remove());
  };

  const forget = () => {
    slides.forEach((one) => one.sections.forEach((section) => section.remove()));
    slides.clear();
    turn = [];
    current = null;
    part('title').textContent = '';
    part('place').textContent = '';
    part('sources').textContent = '';
    part('simulated').hidden = true;
  };

  // ---- turning

  let until = 0;
  let holds = false;
  let pausedUntil = 0;

  const same = (one, other) => Boolean(one && other) && one[0] === other[0] && one[1] === other[1];

  const arrange = () => {
    const places = state.slides.map((one) => one.place);
    for (const [place, one] of slides) {
      if (places.includes(place)) continue;
      one.sections.forEach((section) => section.remove());
      slides.delete(place);
    }
    turn = places.flatMap((place) => (slides.has(place) ? slides.get(place).sections.map((_, page) => [place, page]) : []));
    if (!turn.length) return;
    if (!turn.some((one) => same(one, current))) show(turn[0]);
  };

  const show = (one, factor = 1) => {
    current = one;
    const [place, page] = one;
    const seconds = (state.slides.find((slide) => slide.place === place) || { seconds: 20 }).seconds * factor;
    until = performance.now() + seconds * 1000;
    for (const [other, slide] of slides) {
      slide.sections.forEach((section, number) =>
        section.classList.toggle('ioc-slide--on', other === place && number === page));
    }
    const line = part('progress');
    const fresh = line.cloneNode();
    fresh.style.setProperty('--seconds', seconds);
    line.replaceWith(fresh);
    wall.dataset.place = place;
    caption();
  };

  const caption = () => {
    const slide = slides.get(current[0]);
    const pages = slide.sections.length;
    write(part('title'), slide.data.title);
    write(part('place'), slide.data.place);
    write(part('pages'), pages > 1 ? `${current[1] + 1}/${pages}` : '');
    part('simulated').hidden = !slide.data.simulated;
    const foot = part('sources');
    write(foot, slide.data.foot);
    const over = foot.scrollWidth - foot.parentElement.clientWidth;
    foot.parentElement.classList.toggle('ioc-wall__sources--long', over > 2);
    foot.parentElement.style.setProperty('--over', `${-over}px`);
    foot.parentElement.style.setProperty('--by', `${Math.max(12, over / 20)}s`);
  };

  const step = (by) => {
    if (!turn.length) return;
    const here = turn.findIndex((one) => same(one, current));
    show(turn[(here + by + turn.length) % turn.length]);
  };

  // A target missed that was not missed before: its slide comes forward, if the playlist says so.
  const watchReds = (place) => {
    const missed = [...slides.values()].flatMap((slide) => slide.data.reds);
    const isWhole = state.slides.every((one) => slides.has(one.place));
    const news = reds && slides.get(place).data.reds.some((one) => !reds.has(one));
    if (isWhole || news) reds = new Set(missed);
    if (news && state.jump && !isPaused()) show([place, 0], 2);
  };

  const isPaused = () => performance.now() < pausedUntil;

  const pause = (milliseconds) => {
    pausedUntil = performance.now() + milliseconds;
  };

  document.addEventListener('pointerdown', () => pause(isPaused() ? 0 : PAUSE));
  document.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowRight' || event.key === 'PageDown') step(1);
    else if (event.key === 'ArrowLeft' || event.key === 'PageUp') step(-1);
    else if (event.key === 'Escape') { pause(0); return; }
    else if (event.key === ' ' && isPaused()) { pause(0); return; }
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    pause(PAUSE);
  });

  // ---- what is said over everything

  const words = (text) => {
    part('words').hidden = !text;
    write(part('words'), text);
  };

  const message = (sent) => {
    const place = part('message');
    place.hidden = !sent;
    if (!sent) return;
    write(place.firstElementChild, sent.text);
    write(place.lastElementChild, sent.by);
  };

  const banner = () => {
    const now = performance.now();
    if (now - contact > SOON) isLost = true;
    const isBehind = stale().length > 0;
    if (!isBehind) behindSince = null;
    else if (behindSince === null) behindSince = { at: now, shown: server() };
    const late = behindSince !== null && now - behindSince.at > LATE && slides.size > 0;
    const place = part('banner');
    place.hidden = !isLost && !late && !state.notice;
    place.classList.toggle('ioc-wall__banner--behind', !isLost);
    if (isLost) {
      const at = time.format(contactAt);
      write(place.firstElementChild, say.offline.replace('{since}', at));
      write(place.lastElementChild, slides.size ? say.offline_frame.replace('{frame}', time.format(behindSince ? behindSince.shown : contactAt)) : '');
    } else if (late) {
      write(place.firstElementChild, say.behind.replace('{since}', time.format(behindSince.shown)));
      write(place.lastElementChild, state.notice || '');
    } else if (state.notice) {
      write(place.firstElementChild, state.notice);
      write(place.lastElementChild, '');
    }
  };

  // ---- against burn-in: another place every minute, within a hundredth of the screen

  let shiftAt = performance.now() + SHIFT;
  const shift = () => {
    const most = Math.min(24, window.innerHeight * 0.008);
    const angle = Math.random() * 2 * Math.PI;
    const moving = part('moving');
    moving.style.setProperty('--shift-x', `${(most * Math.cos(angle)).toFixed(1)}px`);
    moving.style.setProperty('--shift-y', `${(most * Math.sin(angle)).toFixed(1)}px`);
  };

  const turnTickers = () => {
    const number = Math.floor(performance.now() / TICKER);
    for (const ticker of stage.querySelectorAll('[data-ticker]')) {
      const items = [...ticker.children];
      items.forEach((item, at) => { item.hidden = at !== number % items.length; });
    }
  };

  // ---- one beat for everything that looks at the clock

  const beat = () => {
    const now = performance.now();
    showClock();
    banner();
    turnTickers();
    const paused = isPaused();
    wall.classList.toggle('ioc-wall--paused', paused);
    part('paused').hidden = !paused;
    if (paused) until += BEAT;
    else if (turn.length > 1 && now >= until) step(1);
    if (now >= shiftAt) {
      shiftAt = now + SHIFT;
      shift();
    }
  };

  // Who waits, in words, when this page is loaded while the server is down: only where the browser lets it, over TLS or here.
  if (navigator.serviceWorker) {
    navigator.serviceWorker.register('/wall/worker.js', { scope: '/wall/' }).catch(() => {});
    navigator.serviceWorker.register('/screen/worker.js', { scope: '/screen' }).catch(() => {});
  }

  window.addEventListener('resize', () => refresh());
  setInterval(beat, BEAT);
  beat();
  poll();
})();
