// Markup: draws a tree of plain JSON as React elements (dashboards/components/markup.py says why).
(function () {
  'use strict';

  // A text, one element, or several: [[tag, …], [tag, …]].
  const element = (node, index) => {
    if (!Array.isArray(node)) return node;
    if (node.length === 0 || Array.isArray(node[0])) return node.map(element);
    const [tag, attributes, ...children] = node;
    return React.createElement(tag, { key: index, ...attributes }, ...children.map(element));
  };

  // A field is told what the address says, and tells it in turn, sometimes only when the visitor
  // has gone on. So what it tells is a choice only after an act, and not after a link or going back.
  let isChoosing = false;
  for (const act of ['pointerdown', 'keydown', 'click', 'input']) {
    document.addEventListener(act, () => { isChoosing = true; }, true);
  }
  window.addEventListener('popstate', () => { isChoosing = false; });

  // Change the address without loading the page: dcc.Location hears the event.
  const change = (href) => {
    const from = window.location.pathname;
    window.history.pushState({}, '', href);
    window.dispatchEvent(new CustomEvent('_dashprivate_pushstate'));
    if (window.location.pathname !== from) window.scrollTo(0, 0);
  };

  const navigate = (href) => {
    isChoosing = false;
    change(href);
  };

  // ---- links drawn for where the visitor was a moment ago

  // An answer comes later than its question. Until then a page shows links that lead on from the
  // address it was drawn for, and a click on one would undo what was chosen meanwhile. So every
  // part remembers its address, and a link is followed by what it changes in that.
  const arrived = new Map(); // a component's id → the address its newest answer is of, and its turn
  let turns = 0;

  const questionOf = (address, options) => {
    if (!String(address).includes('_dash-update-component') || typeof (options && options.body) !== 'string') return null;
    const { inputs, state, outputs } = JSON.parse(options.body);
    const place = [inputs, state].flat(3).find((one) => one && one.id === 'place');
    if (!place || !place.value) return null;
    turns += 1;
    const ids = [outputs].flat(3).filter(Boolean).map((one) => one.id);
    return { ids, turn: turns, href: place.value.path + place.value.search };
  };

  const send = window.fetch;
  window.fetch = async (...asked) => {
    const question = questionOf(...asked);
    const response = await send.apply(window, asked);
    if (question && response.status === 200) {
      for (const id of question.ids) {
        const last = arrived.get(id);
        if (!last || last.turn < question.turn) arrived.set(id, question);
      }
    }
    return response;
  };

  // The address a component was drawn for, by itself or with the page it is on.
  const newest = (id) => {
    const told = [arrived.get(id), arrived.get('page')].filter(Boolean);
    return told.sort((one, other) => other.turn - one.turn)[0] || null;
  };
  const drawnFor = (id) => (newest(id) || { href: null }).href;

  const filters = ['organisation', 'procedure', 'field', 'channel'];
  const lists = [...filters, 'with', 'also'];
  const days = ['period', 'from', 'to'];
  const anywhere = [...filters, ...days, 'grain', 'boundaries', 'compare', 'calendar', 'order', 'lang'];
  const alike = (one, other) => one.join('\n') === other.join('\n');

  // What a link changes in the address it was drawn for, changed in the one the visitor is at.
  const rebased = (href, drawn) => {
    const here = window.location.pathname + window.location.search;
    if (!drawn || drawn === here) return href;
    const [to, from, now] = [href, drawn, here].map((one) => new URL(one, window.location.origin));
    if (to.origin !== now.origin) return href;
    const isSamePage = to.pathname.split('/')[1] === now.pathname.split('/')[1];
    const said = [to, from, now].flatMap((one) => [...one.searchParams.keys()]);
    const isOf = (url, name) => url.searchParams.getAll(name);
    const isLeft = (name) => alike(isOf(from, name), isOf(to, name));
    const hasOwnDays = !days.every(isLeft);
    const query = new URLSearchParams(to.search);
    for (const name of new Set(isSamePage ? said : anywhere)) {
      const [before, after, current] = [from, to, now].map((one) => isOf(one, name));
      let values = after;
      if (days.includes(name)) values = hasOwnDays ? after : current;
      else if (isLeft(name)) values = current;
      else if (lists.includes(name)) {
        const kept = current.filter((one) => after.includes(one) || !before.includes(one));
        values = [...kept, ...after.filter((one) => !before.includes(one) && !kept.includes(one))];
      }
      query.delete(name);
      for (const value of values) query.append(name, value);
    }
    const path = isSamePage && to.pathname === from.pathname ? now.pathname : to.pathname;
    const text = query.toString().replace(/%3A/g, ':').replace(/%40/g, '@').replace(/%2C/g, ',');
    return path + (text ? '?' + text : '') + to.hash;
  };

  const isPlainClick = (event) =>
    event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

  const followed = (target) => {
    const link = target.closest('a[href], [data-href]');
    if (!link || link.hasAttribute('download') || link.target) return null;
    const href = link.dataset.href || link.getAttribute('href');
    return href.startsWith('#') ? null : href;
  };

  // What is being asked for anew dims, and says so to those who cannot see it.
  const useBusy = () => {
    const context = window.dash_component_api && window.dash_component_api.useDashContext();
    return Boolean(context && context.useLoading());
  };

  function Markup(props) {
    const isBusy = useBusy();
    const shown = React.useRef({});
    if (shown.current.tree !== props.tree) {
      const of = newest(props.id);
      // No new answer to a question about an address, such as after an upload: it is of this one.
      const isOfHere = of !== null && of === shown.current.of;
      shown.current = { tree: props.tree, of, href: isOfHere ? null : of && of.href };
    }
    const onClick = (event) => {
      if (!isPlainClick(event)) return;
      const href = followed(event.target);
      if (href !== null) {
        event.preventDefault();
        navigate(rebased(href, shown.current.href));
        return;
      }
      const actor = event.target.closest('[data-action]');
      if (actor) props.setProps({ clicked: { ...actor.dataset, at: Date.now() } });
    };
    return React.createElement(
      props.element || 'div',
      {
        id: props.id,
        className: props.className,
        'aria-label': props.label,
        'aria-busy': isBusy || undefined,
        onClick
      },
      element(props.tree)
    );
  }

  window.toan_canh = { Markup, change, navigate, isChoosing: () => isChoosing, drawnFor, rebased };
})();
