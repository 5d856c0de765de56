// The page of packs: choices come once from the server, what is chosen lives here until it is kept
// or taken away.
(function () {
  'use strict';

  const make = (tag, attributes, ...children) => {
    const found = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith('on')) found.addEventListener(name.slice(2), value);
      else if (name === 'value') found.value = value;
      else if (name === 'checked') found.checked = value;
      else found.setAttribute(name === 'cls' ? 'class' : name, value === true ? '' : value);
    }
    found.append(...children.flat().filter((one) => one !== null && one !== undefined));
    return found;
  };

  const options = (pairs, chosen) =>
    pairs.map(([value, name]) => make('option', { value, selected: value === chosen }, name));

  const select = (label, pairs, chosen, onchange, cls) =>
    make('label', { cls: 'ioc-field ' + (cls || '') },
      make('span', { cls: 'ioc-field__label' }, label),
      make('select', { cls: 'ioc-field__input', onchange: (event) => onchange(event.target.value) },
        options(pairs, chosen)));

  const text = (label, value, oninput, more) =>
    make('label', { cls: 'ioc-field ' + ((more && more.cls) || '') },
      make('span', { cls: 'ioc-field__label' }, label),
      make('input', {
        cls: 'ioc-field__input', value, oninput: (event) => oninput(event.target.value),
        maxlength: 120, ...(more && more.attributes)
      }));

  const button = (label, onclick, kind, more) =>
    make('button', { type: 'button', cls: 'ioc-button ' + (kind || ''), onclick, ...more }, label);

  function Desk(root, words, told) {
    const areas = new Map(told.areas.map(([code, name]) => [name, code]));
    const names = new Map(told.areas.map(([code, name]) => [code, name]));
    let chosen = null; // the recipe's name
    let recipe = null;
    let area = '';
    let shown = null; // what the preview shows

    const say = (line, kind) => {
      status.textContent = line;
      status.className = 'ioc-packs__status' + (kind ? ' ioc-packs__status--' + kind : '');
    };

    const begin = (name) => {
      const found = told.recipes.find((one) => one.name === name) || told.recipes[0];
      chosen = found.name;
      recipe = structuredClone(found.recipe);
      const kept = window.localStorage.getItem('ioc-pack-area');
      area = recipe.area || area || (names.has(kept) ? kept : told.areas[0] ? told.areas[0][0] : '');
      draw();
    };

    // ---- the sections

    const move = (place, by) => {
      const [one] = recipe.sections.splice(place, 1);
      recipe.sections.splice(place + by, 0, one);
      draw();
    };

    const metricChoice = (section) => {
      const groups = new Map();
      for (const one of told.metrics) groups.set(one.subject, [...(groups.get(one.subject) || []), one]);
      return make('label', { cls: 'ioc-field ioc-packs__metric' },
        make('span', { cls: 'ioc-field__label' }, words.metric),
        make('select', { cls: 'ioc-field__input', onchange: (event) => { section.metric = event.target.value; } },
          [...groups].map(([subject, some]) => make('optgroup', { label: subject },
            options(some.map((one) => [one.id, one.name]), section.metric)))));
    };

    const check = (label, value, onchange) =>
      make('label', { cls: 'ioc-packs__check' },
        make('input', { type: 'checkbox', checked: value, onchange: (event) => onchange(event.target.checked) }),
        ' ' + label);

    const sectionOf = (section, place) => {
      const kind = told.kinds[section.kind];
      const hasMetric = told.with_metric.includes(section.kind);
      const last = recipe.sections.length - 1;
      const periods = [['', words.pack_period], ...Object.entries(told.periods)];
      return make('li', { cls: 'ioc-panel ioc-packs__section' },
        make('div', { cls: 'ioc-packs__sectionhead' },
          make('b', {}, (place + 1) + '. ' + kind),
          make('span', { cls: 'ioc-packs__tools' },
            button('↑', () => move(place, -1), '', { 'aria-label': words.up + ': ' + kind, disabled: place === 0 }),
            button('↓', () => move(place, 1), '', { 'aria-label': words.down + ': ' + kind, disabled: place === last }),
            button('×', () => { recipe.sections.splice(place, 1); draw(); }, '',
              { 'aria-label': words.drop + ': ' + kind, disabled: last === 0 }))),
        make('div', { cls: 'ioc-packs__fields' },
          hasMetric ? metricChoice(section) : null,
          section.kind === 'trend'
            ? select(words.grain, Object.entries(told.grains), section.grain, (value) => { section.grain = value; })
            : null,
          select(words.own_period, periods, section.period || '', (value) => { section.period = value || null; }),
          section.kind === 'ranking' ? check(words.whole, section.whole, (value) => { section.whole = value; }) : null,
          section.kind === 'ranking'
            ? check(words.worst, section.order === 'worst', (value) => { section.order = value ? 'worst' : 'best'; })
            : null),
        make('label', { cls: 'ioc-field' },
          make('span', { cls: 'ioc-field__label' }, words.comment),
          make('textarea', {
            cls: 'ioc-field__input', rows: 2, maxlength: 600, placeholder: words.comment_hint,
            value: section.comment || '', oninput: (event) => { section.comment = event.target.value; }
          })));
    };

    const added = () => {
      const kinds = Object.entries(told.kinds);
      const choice = make('select', { cls: 'ioc-field__input', 'aria-label': words.add }, options(kinds, 'trend'));
      return make('div', { cls: 'ioc-packs__add' }, choice, button(words.add, () => {
        const kind = choice.value;
        const metric = told.with_metric.includes(kind) ? told.metrics[0].id : null;
        recipe.sections.push({
          kind, metric, metrics: [], grain: 'month', order: 'best', period: null, whole: false, comment: ''
        });
        draw();
      }));
    };

    // ---- what is done with it

    const wanted = (form, pictures) => ({
      what: 'pack', form, language: words.language, recipe, area: area || null, pictures
    });

    const made = async (form, pictures) => {
      const taking = window.ioc_take;
      say(words.loading);
      const id = await taking.ask(wanted(form, pictures));
      const done = await taking.followed(id, (one) => {
        say(words.loading + (one.parts ? ' ' + one.made + '/' + one.parts : '') + taking.queued(one));
      });
      say('');
      return [id, done];
    };

    const tried = (work) => async (event) => {
      const buttons = [...root.querySelectorAll('.ioc-packs__actions button')];
      buttons.forEach((one) => { one.disabled = true; });
      try {
        await work(event);
      } catch (error) {
        say(words.failed + ' ' + error.message, 'wrong');
      } finally {
        buttons.forEach((one) => { one.disabled = false; });
      }
    };

    const take = (form) => tried(async () => {
      const [id] = await made(form, false);
      window.ioc_take.fetchFile(id);
    });

    const preview = tried(async () => {
      const [id, done] = await made('pdf', true);
      shown = Array.from({ length: done.pages }, (_, number) => '/exports/' + id + '/pages/' + number);
      drawPreview();
    });

    const sent = async (address, body) => {
      const response = await fetch(address, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-CSRFToken': window.ioc_take.token() },
        body: JSON.stringify(body)
      });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.detail);
      return answer.detail;
    };

    const slug = (title) => title.replace(/[đĐ]/g, 'd').normalize('NFD').replace(/[\u0300-\u036f]/g, '')
      .toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60);

    const keep = tried(async () => {
      const name = slug(recipe.title);
      const body = { ...recipe, area: area || null };
      await sent('/recipes/' + name, body);
      told.recipes = [...told.recipes.filter((one) => one.name !== name), { name, own: true, recipe: body }];
      begin(name);
      say(words.kept + ' ' + name, 'good');
    });

    const forget = tried(async () => {
      await sent('/recipes/' + chosen + '/remove', {});
      told.recipes = told.recipes.filter((one) => one.name !== chosen);
      begin(told.recipes[0].name);
    });

    // ---- the page

    const status = make('p', { cls: 'ioc-packs__status', role: 'status' });
    const pages = make('div', { cls: 'ioc-packs__pages' });

    const scheduled = make('section', { cls: 'ioc-panel ioc-packs__schedule' });
    const isChanged = () => {
      const kept = told.recipes.find((one) => one.name === chosen).recipe;
      const plain = (one) => JSON.stringify({ ...one, area: null });
      return plain(kept) !== plain(recipe);
    };

    const drawPreview = () => {
      pages.replaceChildren(...(shown
        ? shown.map((src, number) => make('img', { src, alt: words.page + ' ' + (number + 1), loading: 'lazy' }))
        : [make('p', { cls: 'ioc-section__note' }, words.nothing_yet)]));
    };

    const areaField = () => {
      const list = make('datalist', { id: 'ioc-pack-areas' }, told.areas.map(([, name]) => make('option', { value: name })));
      return make('div', { cls: 'ioc-packs__area' },
        text(words.area, names.get(area) || '', (name) => {
          if (!areas.has(name)) { say(name ? words.no_area : ''); return; }
          area = areas.get(name);
          window.localStorage.setItem('ioc-pack-area', area);
          say('');
        }, { attributes: { list: 'ioc-pack-areas', placeholder: words.area_hint, autocomplete: 'off' } }),
        list);
    };

    const draw = () => {
      const own = told.recipes.find((one) => one.name === chosen && one.own);
      const periods = { ...told.periods };
      if (!periods[recipe.period]) periods[recipe.period] = recipe.period;
      root.replaceChildren(
        make('section', { cls: 'ioc-panel ioc-packs__choices' },
          select(words.recipe, told.recipes.map((one) => [one.name, one.recipe.title]), chosen, begin),
          text(words.title, recipe.title, (value) => { recipe.title = value; }),
          areaField(),
          select(words.period, Object.entries(periods), recipe.period, (value) => { recipe.period = value; }),
          select(words.compare, Object.entries(told.compares), recipe.compare, (value) => { recipe.compare = value; }),
          make('div', { cls: 'ioc-packs__actions' },
            button(words.preview, preview, 'ioc-button--primary'),
            button('PowerPoint', take('pptx')),
            button('PDF', take('pdf')),
            button('Word', take('docx')),
            button('Excel', take('xlsx')),
            button(words.keep, keep),
            own ? button(words.forget, forget) : null),
          status),
        make('div', { cls: 'ioc-packs__columns' },
          make('section', {},
            make('h2', { cls: 'ioc-section__title' }, words.sections),
            make('ol', { cls: 'ioc-packs__sections' }, recipe.sections.map(sectionOf)),
            added()),
          make('section', {},
            make('h2', { cls: 'ioc-section__title' }, words.preview), pages)),
        scheduled);
      drawPreview();
    };

    begin(told.recipes[0].name);
    window.ioc_schedules(scheduled, words.schedule, {
      make, select, button, sent, chosen: () => ({ recipe: chosen, area, changed: isChanged() })
    }).catch((error) => { scheduled.textContent = words.failed + ' ' + error.message; });
  }

  Object.assign(window.dash_clientside.ioc, {
    // the words of the page → the page, once what can be chosen is known
    packs: async function (words) {
      const root = document.getElementById('packs-desk');
      if (!words || !root) return window.dash_clientside.no_update;
      try {
        const response = await fetch('/recipes?lang=' + words.language);
        if (!response.ok) throw new Error(String(response.status));
        Desk(root, words, await response.json());
      } catch (error) {
        root.textContent = words.failed + ' ' + error.message;
      }
      return words.language;
    }
  });
})();
