// What a page does in the browser: where we are, is the server there, and what a click leads to.
(function () {
  'use strict';

  window.dash_clientside = window.dash_clientside || {};
  const nothing = () => window.dash_clientside.no_update; // known only once Dash has started
  const kept = (name) => {
    try { return window.localStorage.getItem(name); } catch (error) { return null; }
  };
  const keep = (name, value) => {
    try { window.localStorage.setItem(name, value); } catch (error) { /* private window */ }
  };
  const html = document.documentElement;

  // ---- where we are: address, theme, language. One object; the server reads nothing else.

  let scheme = html.getAttribute('data-mantine-color-scheme') || 'light'; // set before Mantine starts
  const language = (search) => {
    const asked = new URLSearchParams(search).get('lang');
    if (asked === 'vi' || asked === 'en') keep('ioc-language', asked);
    return asked === 'vi' || asked === 'en' ? asked : kept('ioc-language') || html.dataset.language || 'vi';
  };

  const changed = (parameters) => {
    const query = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(parameters)) {
      query.delete(name);
      for (const one of value === null ? [] : [].concat(value)) query.append(name, one);
    }
    const text = query.toString().replace(/%3A/g, ':').replace(/%40/g, '@').replace(/%2C/g, ',');
    window.toan_canh.change(window.location.pathname + (text ? '?' + text : ''));
  };

  const isChosen = () => window.toan_canh.isChoosing();

  const filters = ['organisation', 'procedure', 'field', 'channel'];

  // The component whose change is being answered.
  const asker = () => {
    const [first] = window.dash_clientside.callback_context.triggered;
    return first ? first.prop_id.slice(0, first.prop_id.lastIndexOf('.')) : '';
  };

  const metricAt = (href) => {
    if (!href) return null;
    const { pathname, searchParams } = new URL(href, window.location.origin);
    const [, page, own] = pathname.split('/');
    return page === 'metric' ? own : searchParams.get('metric') || html.dataset.metric;
  };

  // ---- is the server there? Two answers missing in a row: it is not.

  let typedIn = 0;
  let missed = 0;
  let lostAt = null;
  let build = null;

  const answer = async (limit) => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), limit);
    try {
      const size = `${window.screen.width}x${window.screen.height}`; // told to whoever looks after walls
      const response = await fetch(`/version?build=${build || ''}&size=${size}`, { cache: 'no-store', signal: stop.signal });
      return response.ok ? await response.json() : null;
    } catch (error) {
      return null;
    } finally {
      clearTimeout(timer);
    }
  };

  // An answer may be lost on its way, and old numbers would stay: the page asks again until what
  // it shows is what the server serves, at growing distances so that it never adds to a crush.
  let behind = null;

  const isOverdue = (snapshot, drawn, ticks) => {
    if (!drawn || drawn === snapshot) {
      behind = null;
      return false;
    }
    if (behind === null) behind = { next: ticks + 3, pause: 3 };
    if (ticks < behind.next) return false;
    behind = { next: ticks + behind.pause * 2, pause: Math.min(behind.pause * 2, 30) };
    return true;
  };

  // Two servers of different versions side by side must not make a page reload for ever.
  const reloadedLongAgo = () => {
    const last = Number(kept('ioc-reloaded') || 0);
    if (Date.now() - last < 60000) return false;
    keep('ioc-reloaded', String(Date.now()));
    return true;
  };

  const clock = (instant) =>
    instant.toLocaleTimeString('vi-VN', { hour: '2-digit', minute: '2-digit', hour12: false });

  const offlineBanner = (phrases) => [
    'div',
    { className: 'ioc-banner ioc-banner--offline', role: 'alert' },
    ['span', { className: 'ioc-banner__mark', 'aria-hidden': 'true' }],
    ['p', { className: 'ioc-banner__text' },
      phrases.offline.replace('{since}', clock(lostAt)).replace('{until}', phrases.until)]
  ];

  // ---- logging out, and being logged out

  const goToLogin = (why) => {
    const here = window.location.pathname + window.location.search;
    const query = new URLSearchParams({ why, ...(why === 'ended' && here !== '/' ? { next: here } : {}) });
    if (html.lang === 'en') query.set('lang', 'en');
    window.location.replace('/login?' + query);
  };

  let leaving = false; // the page's next question must not be quicker and say that the session ended

  const leave = async () => {
    leaving = true;
    const token = /(?:^|; )_csrf_token=([^;]*)/.exec(document.cookie);
    try {
      const answer = await fetch('/logout', { method: 'POST', headers: { 'X-CSRFToken': token ? token[1] : '' } });
      if (!answer.ok) throw new Error(`/logout: ${answer.status}`);
      goToLogin('left');
    } catch (error) {
      leaving = false; // nobody answered: the banner says so, and the click can be made again
    }
  };

  // ---- the first picture goes when the page itself stands there

  const first = document.getElementById('first');
  if (first) {
    const watch = new MutationObserver(() => {
      if (!document.querySelector('#page h1')) return;
      watch.disconnect();
      requestAnimationFrame(() => first.remove());
    });
    watch.observe(document.body, { childList: true, subtree: true });
  }

  window.dash_clientside.ioc = {
    // another address, or a tool → place, where the visitor is by now
    place: function () {
      const { pathname, search } = window.location;
      const said = language(search);
      html.lang = said;
      return { path: pathname, search, theme: scheme, language: said };
    },

    // another address → what lay over the page goes
    closeDrawer: function () {
      return false;
    },

    // clicks in the header → tools (counts up, so that the place is read anew)
    tools: function (clicked, tools) {
      if (!clicked) return nothing();
      if (clicked.action === 'theme') {
        scheme = scheme === 'dark' ? 'light' : 'dark';
        keep('ioc-theme', scheme);
        return (tools || 0) + 1;
      }
      if (clicked.action === 'language') changed({ lang: clicked.language });
      if (clicked.action === 'leave') leave();
      return nothing();
    },

    theme: function (place) {
      return place ? place.theme : nothing();
    },

    datesLanguage: function (place, settings) {
      return place ? { ...settings, locale: place.language } : nothing();
    },

    title: function (phrases) {
      if (phrases) document.title = phrases.title;
      return nothing();
    },

    // every tick → [what the server serves now, the offline banner]
    poll: async function (ticks, interval, served, drawn, phrases) {
      const now = await answer(interval);
      if (now === null) {
        missed += 1;
        if (lostAt === null) lostAt = new Date();
        return [nothing(), missed >= 2 && phrases ? offlineBanner(phrases) : nothing()];
      }
      if (now.session === 'dark') {
        window.location.replace('/screen'); // this wall is none of ours any more
        return [nothing(), nothing()];
      }
      if (now.session === 'ended') {
        if (!leaving) goToLogin('ended'); // nobody is logged in here any more: the figures go from the screen
        return [nothing(), nothing()];
      }
      if (build !== null && now.build !== build && reloadedLongAgo()) {
        window.location.reload(); // a new version was installed
        return [nothing(), nothing()];
      }
      const wasLost = missed > 0;
      missed = 0;
      lostAt = null;
      build = now.build;
      const isNews = !served || now.snapshot !== served.snapshot || now.states !== served.states;
      const asksAgain = !isNews && isOverdue(now.snapshot, drawn, ticks);
      return [isNews ? now : asksAgain ? { ...now, again: ticks } : nothing(), wasLost ? null : nothing()];
    },

    // what was clicked, once it was: a new page's cards have not been clicked yet
    pass: function (clicked) {
      return clicked || nothing();
    },

    // what is typed into the pickers of filters, once the typing pauses → which of them, and what
    typedIn: async function (...texts) {
      const mine = ++typedIn;
      const which = window.dash_clientside.callback_context.triggered.map((one) => one.prop_id)[0];
      await new Promise((resolve) => setTimeout(resolve, 150));
      const place = filters.findIndex((name) => which === 'filter-by-' + name + '.searchValue');
      if (mine !== typedIn || place < 0) return nothing();
      return { name: filters[place], text: texts[place] || '' };
    },

    // what the address is narrowed to → the pickers, at once, so that a second choice keeps the first
    filtersOf: function (place) {
      const query = new URLSearchParams(place ? place.search : '');
      return filters.map((name) => query.getAll(name));
    },

    // (a picker lets go by itself of what it does not offer: that is nobody's choice, and the
    // figures would no longer be those that were asked for; one that says what the visitor has left
    // is told again)
    chooseFilters: function (...told) {
      const query = new URLSearchParams(window.location.search);
      const news = {};
      filters.forEach((name, index) => {
        const values = told[index] || [];
        const offered = (told[filters.length + index] || []).map((one) => one.value);
        const before = query.getAll(name);
        const left = before.filter((code) => values.includes(code) || !offered.includes(code));
        const chosen = [...left, ...values.filter((code) => !before.includes(code))];
        if (chosen.join('\n') !== before.join('\n')) news[name] = chosen;
      });
      if (!isChosen()) {
        for (const name of Object.keys(news)) {
          window.dash_clientside.set_props('filter-by-' + name, { value: query.getAll(name) });
        }
      } else if (Object.keys(news).length) changed(news);
      return nothing();
    },

    // choices that are addresses
    // (an answer that comes late brings the value it was drawn with: that is nobody's choice)
    chooseMetric: function (value) {
      if (!isChosen()) return nothing();
      const [, page, own] = window.location.pathname.split('/');
      if (value === metricAt(window.toan_canh.drawnFor(asker()))) return nothing();
      if (page === 'metric') {
        if (value && value !== own) window.toan_canh.change('/metric/' + value + window.location.search);
        return nothing();
      }
      const current = new URLSearchParams(window.location.search).get('metric');
      const standard = html.dataset.metric;
      if (value && value !== (current || standard)) changed({ metric: value === standard ? null : value });
      return nothing();
    },

    // the same on the page of a subject, whose own metric needs no saying
    // (an answer that comes late brings the value it was drawn with: that is nobody's choice)
    chooseOfSubject: function (value, usual) {
      if (!isChosen()) return nothing();
      if (!value || !usual || value === usual.drawn) return nothing();
      changed({ metric: value === usual.leading ? null : value });
      return nothing();
    },

    chooseDates: function (value, phrases) {
      if (!isChosen()) return nothing();
      const shown = (phrases && phrases.dates) || [];
      if (!value || !value[0] || !value[1]) return nothing(); // only one end is chosen yet
      const [first, last] = value.map((day) => day.slice(0, 10));
      if (first !== shown[0] || last !== shown[1]) changed({ from: first, to: last, period: null });
      return nothing();
    },

    // the metrics compared: the address says them, or they are the usual ones
    comparedOf: function (place, usual) {
      const query = new URLSearchParams(place ? place.search : '');
      const said = query.getAll('metric').concat(query.getAll('also'));
      return said.length ? said : usual || [];
    },

    chooseCompared: function (value, usual) {
      if (!isChosen() || !value || window.location.pathname !== '/compare') return nothing();
      const query = new URLSearchParams(window.location.search);
      const said = query.getAll('metric').concat(query.getAll('also'));
      const shown = said.length ? said : usual || [];
      if (value.join() !== shown.join()) changed({ metric: value[0] || null, also: value.slice(1) });
      return nothing();
    },

    // what the address seeks → the field, unless somebody is typing in it
    soughtIn: function (place) {
      const isTyping = document.activeElement && document.activeElement.id === 'methodology-sought';
      if (!place || isTyping) return nothing();
      return new URLSearchParams(place.search).get('q') || '';
    },

    seek: function (text) {
      if (!isChosen()) return nothing();
      const current = new URLSearchParams(window.location.search).get('q') || '';
      if (window.location.pathname === '/methodology' && (text || '') !== current) changed({ q: text || null });
      return nothing();
    },

    followChart: function (click) {
      const href = click && click.points.length ? click.points[0].customdata : null;
      if (typeof href === 'string') {
        const { navigate, rebased, drawnFor } = window.toan_canh;
        navigate(rebased(href, drawnFor(asker())));
      }
      return null;
    },

    openFilters: function (clicked, className) {
      if (!clicked) return nothing();
      return className.includes('ioc-filters--open') ? 'ioc-filters' : 'ioc-filters ioc-filters--open';
    }
  };

  // ---- panels behind a button close by Escape, and by a click elsewhere

  const close = (panel) => panel.removeAttribute('open');
  const opened = () => [...document.querySelectorAll('details.ioc-options[open]')];
  document.addEventListener('click', (event) => {
    if (!event.target.isConnected || event.target.closest('[data-portal], [role=listbox]')) return;
    opened().filter((panel) => !panel.contains(event.target)).forEach(close);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.target.getAttribute('aria-expanded') === 'true') return;
    for (const panel of opened()) {
      close(panel);
      if (panel.contains(document.activeElement)) panel.querySelector('summary').focus();
    }
  });

  // ---- searching in the browser: names without their accents

  const plain = (text) => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/đ/gi, 'd').toLowerCase();

  window.dashMantineFunctions = window.dashMantineFunctions || {};
  window.dashMantineFunctions.asTheyAre = ({ options }) => options;
  window.dashMantineFunctions.withoutAccents = ({ options, search }) => {
    const words = plain(search).split(/\s+/).filter(Boolean);
    const fits = (item) => words.every((word) => plain(item.label).includes(word));
    return options
      .map((group) => (group.items ? { ...group, items: group.items.filter(fits) } : group))
      .filter((group) => (group.items ? group.items.length : fits(group)));
  };
})();
