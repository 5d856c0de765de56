// The picker of areas: what is typed finds areas as a list, an empty field offers the tree.
// A combobox as the WAI-ARIA practices describe it: the focus stays in the field, the keys move
// what is active in the list or tree below it.
(function () {
  'use strict';

  const { createElement: h, useEffect, useRef, useState } = React;
  const PAUSE = 150; // ms without another letter
  const SHORTEST = 2; // letters; fewer find nothing
  const PAGE = 10; // lines of PageUp and PageDown

  const asked = async (more) => {
    const { pathname, search } = window.location;
    const query = new URLSearchParams({ path: pathname, search, lang: document.documentElement.lang || 'vi', ...more });
    const response = await fetch('/areas?' + query, { cache: 'no-store' });
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  };

  // Only the list scrolls, never the page under it.
  const inSight = (line, isMiddle) => {
    const list = line.parentElement;
    const top = line.offsetTop - list.offsetTop;
    const room = list.clientHeight - line.offsetHeight;
    if (isMiddle) list.scrollTop = top - room / 2;
    else list.scrollTop = Math.min(top, Math.max(list.scrollTop, top - room));
  };

  // The lines of a tree that can be seen, each with its place among its siblings.
  const lines = (nodes, opened, level = 1, parent = null) =>
    nodes.flatMap((node, index) => {
      const inside = opened.has(node.id) ? node.open || [] : [];
      const line = { ...node, level, parent, place: index + 1, of: nodes.length, isOpen: opened.has(node.id) };
      return [line, ...lines(inside, opened, level + 1, node.id)];
    });

  const openIn = (nodes) => nodes.flatMap((node) => (node.open ? [node.id, ...openIn(node.open)] : []));

  const withInside = (nodes, id, inside) =>
    nodes.map((node) => (node.id === id ? { ...node, open: inside }
      : node.open ? { ...node, open: withInside(node.open, id, inside) } : node));

  function AreaPicker(props) {
    const [text, setText] = useState('');
    const [isShown, setShown] = useState(false);
    const [tree, setTree] = useState([]);
    const [opened, setOpened] = useState(new Set());
    const [found, setFound] = useState(null);
    const [said, setSaid] = useState('');
    const [active, setActive] = useState(-1);
    const asking = useRef(0);
    const box = useRef(null);
    const field = useRef(null);

    const isTyped = text.trim().length >= SHORTEST;
    const rows = isTyped ? (found || []).map((one) => ({ id: one.value, name: one.label, href: one.value })) : lines(tree, opened);
    const popup = props.id + (isTyped ? '-found' : '-tree');
    const nameOf = (index) => `${popup}-${index}`;

    const answered = async (more, tell) => {
      const mine = ++asking.current;
      try {
        const told = await asked(more);
        if (mine === asking.current) tell(told);
      } catch (error) {
        if (mine === asking.current) setSaid(props.failed);
      }
    };

    const show = () => {
      if (isShown) return;
      setShown(true);
      setSaid('');
      setActive(-1);
      answered({}, ({ nodes }) => {
        setTree(nodes);
        setOpened(new Set(openIn(nodes)));
      });
    };

    const hide = () => {
      asking.current += 1;
      setShown(false);
      setText('');
      setFound(null);
      setSaid('');
      setActive(-1);
    };

    const go = (row) => {
      if (!row) return;
      if (!row.href) { toggle(row); return; }
      hide();
      window.toan_canh.navigate(row.href);
    };

    const toggle = (row) => {
      if (!row.inside) return;
      const next = new Set(opened);
      if (opened.has(row.id)) {
        next.delete(row.id);
        setOpened(next);
        return;
      }
      next.add(row.id);
      if (row.open) { setOpened(next); return; }
      answered({ under: row.id }, ({ nodes }) => {
        setTree((held) => withInside(held, row.id, nodes));
        setOpened(next);
      });
    };

    useEffect(() => {
      if (!isTyped) { setFound(null); return undefined; }
      const timer = setTimeout(() => answered({ q: text }, (told) => {
        setFound(told.found);
        setSaid(told.said);
        setActive(-1);
      }), PAUSE);
      return () => clearTimeout(timer);
    }, [text]);

    // Where the visitor is comes into sight, and so does whatever the keys made active.
    useEffect(() => {
      if (!isShown || isTyped || active >= 0) return;
      const here = box.current.querySelector('[aria-current]');
      if (here) inSight(here, true);
    }, [isShown, tree]);
    useEffect(() => {
      const line = active >= 0 && document.getElementById(nameOf(active));
      if (line) inSight(line, false);
    }, [active]);

    const moved = (key) => {
      const last = rows.length - 1;
      const from = active < 0 ? rows.findIndex((row) => row.here) : active;
      switch (key) {
        case 'ArrowDown': return active < 0 && from >= 0 ? from : Math.min(from + 1, last);
        case 'ArrowUp': return from < 0 ? last : Math.max(from - 1, 0);
        case 'PageDown': return Math.min(Math.max(from, 0) + PAGE, last);
        case 'PageUp': return Math.max(from - PAGE, 0);
        case 'Home': return 0;
        case 'End': return last;
        default: return null;
      }
    };

    const sideways = (key) => {
      const row = rows[active];
      if (!row || isTyped || text) return false; // the caret moves in what is typed
      if (key === 'ArrowRight' && row.inside && !row.isOpen) toggle(row);
      else if (key === 'ArrowRight' && row.isOpen && row.open.length) setActive(active + 1);
      else if (key === 'ArrowLeft' && row.isOpen) toggle(row);
      else if (key === 'ArrowLeft' && row.parent) setActive(rows.findIndex((one) => one.id === row.parent));
      return true;
    };

    const onKeyDown = (event) => {
      const { key } = event;
      if (event.nativeEvent.isComposing) return; // an input method is writing Vietnamese
      if (key === 'Escape') {
        if (isShown) { event.stopPropagation(); hide(); }
        return;
      }
      if (key === 'Tab') { if (isShown) hide(); return; }
      if (key === 'Enter') {
        event.preventDefault();
        if (!isShown) show();
        else go(rows[active] || (isTyped ? rows[0] : null));
        return;
      }
      if (key === 'ArrowLeft' || key === 'ArrowRight') {
        if (isShown && sideways(key)) event.preventDefault();
        return;
      }
      if ((key === 'Home' || key === 'End') && text) return; // they move the caret
      if (!isShown && (key === 'ArrowDown' || key === 'ArrowUp')) {
        event.preventDefault();
        show();
        return;
      }
      const next = isShown && rows.length ? moved(key) : null;
      if (next === null) return;
      event.preventDefault();
      setActive(next);
    };

    const line = (row, index) => h(
      'div',
      {
        key: row.id,
        id: nameOf(index),
        role: isTyped ? 'option' : 'treeitem',
        className: 'ioc-areas__line' + (index === active ? ' ioc-areas__line--active' : '') + (row.href ? '' : ' ioc-areas__line--way'),
        style: isTyped ? undefined : { '--level': row.level },
        'aria-selected': index === active,
        'aria-current': row.here ? 'location' : undefined,
        'aria-level': row.level,
        'aria-posinset': row.place,
        'aria-setsize': row.of,
        'aria-expanded': row.inside ? row.isOpen : undefined,
        'aria-disabled': row.href ? undefined : true,
        onClick: (event) => (event.target.closest('.ioc-areas__twist') ? (setActive(index), toggle(row)) : go(row))
      },
      isTyped ? null : h('span', { className: 'ioc-areas__twist' + (row.inside ? '' : ' ioc-areas__twist--none'), 'aria-hidden': true }),
      h('span', { className: 'ioc-areas__name' }, row.name)
    );

    return h(
      'div',
      {
        className: 'ioc-areas',
        ref: box,
        onBlur: (event) => { if (isShown && !box.current.contains(event.relatedTarget)) hide(); }
      },
      h('label', { className: 'ioc-filters__label', htmlFor: props.id }, props.label),
      h('input', {
        id: props.id,
        ref: field,
        className: 'ioc-areas__field',
        type: 'text',
        role: 'combobox',
        autoComplete: 'off',
        spellCheck: false,
        placeholder: props.hint,
        value: text,
        'aria-autocomplete': 'list',
        'aria-expanded': isShown,
        'aria-haspopup': isTyped ? 'listbox' : 'tree',
        'aria-controls': isShown ? popup : undefined,
        'aria-activedescendant': isShown && active >= 0 ? nameOf(active) : undefined,
        onClick: show,
        onKeyDown,
        onChange: (event) => { show(); setText(event.target.value); setActive(-1); }
      }),
      h('span', { className: 'ioc-icon ioc-icon--search ioc-areas__mark', 'aria-hidden': true }),
      h('p', { className: 'ioc-sr', role: 'status' }, isShown && isTyped ? said : ''),
      isShown ? h(
        'div',
        { className: 'ioc-areas__panel', onMouseDown: (event) => event.preventDefault() },
        h('div', { id: popup, role: isTyped ? 'listbox' : 'tree', 'aria-label': props.label, className: 'ioc-areas__lines' }, rows.map(line)),
        said && !rows.length ? h('p', { className: 'ioc-areas__said' }, said) : null
      ) : null
    );
  }

  window.toan_canh.AreaPicker = AreaPicker;
})();
