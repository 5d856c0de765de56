// Packs on schedule, under the recipe that is chosen on the page of packs.
(function () {
  'use strict';

  const FORMS = { pptx: 'PowerPoint', pdf: 'PDF', docx: 'Word', xlsx: 'Excel' };
  const DAYS = ['workdays', 'mon', 'tue', 'wed', 'thu', 'fri'];

  // `desk` is the page's own: make, select, button, sent, say, chosen() → {recipe, area, changed}.
  window.ioc_schedules = async function (root, words, desk) {
    const { make, button, select } = desk;
    const plan = { on: 'workdays', at: '07:00', until: '07:45', to: '', forms: new Set(['pptx', 'pdf']) };

    const load = async () => {
      const response = await fetch('/schedules?lang=' + words.language, { cache: 'no-store' });
      if (!response.ok) throw new Error(String(response.status));
      return response.json();
    };

    const hour = (label, name, onchange) =>
      make('label', { cls: 'ioc-field' },
        make('span', { cls: 'ioc-field__label' }, label),
        make('input', {
          type: 'time', cls: 'ioc-field__input', value: plan[name], required: true, 'data-hour': name,
          oninput: (event) => { plan[name] = event.target.value; if (onchange) onchange(); }
        }));

    // Another hour of sending: late data are waited for as long as before.
    const shift = () => {
      const [hours, minutes] = plan.at.split(':').map(Number);
      const later = Math.min(hours * 60 + minutes + 45, 23 * 60 + 59);
      plan.until = String(Math.floor(later / 60)).padStart(2, '0') + ':' + String(later % 60).padStart(2, '0');
      root.querySelector('[data-hour=until]').value = plan.until;
    };

    const days = () => [
      ...DAYS.map((one) => [one, words['on_' + one]]),
      ...Array.from({ length: 30 }, (_, day) => [String(day + 1), words.on_month.replace('{day}', day + 1)]),
      ['31', words.on_last]
    ];

    const attempt = (work) => async () => {
      try {
        const told = await work();
        draw(await load(), told);
      } catch (error) {
        note.textContent = error.message;
        note.className = 'ioc-packs__status ioc-packs__status--wrong';
      }
    };

    const arrange = attempt(async () => {
      const { recipe, area, changed } = desk.chosen();
      if (changed) throw new Error(words.keep_first);
      const next = await desk.sent('/schedules/new?lang=' + words.language, {
        recipe, area: area || null, on: plan.on, at: plan.at, until: plan.until,
        to: plan.to.split(/[\s,;]+/).filter(Boolean), forms: [...plan.forms], language: words.language
      });
      return words.arranged + ' ' + next;
    });

    const note = make('p', { cls: 'ioc-packs__status', role: 'status' });

    const form = (told) =>
      make('div', { cls: 'ioc-packs__choices' },
        select(words.on, days(), plan.on, (value) => { plan.on = value; }),
        hour(words.at, 'at', shift),
        hour(words.until, 'until'),
        make('label', { cls: 'ioc-field' },
          make('span', { cls: 'ioc-field__label' }, words.to),
          make('textarea', {
            cls: 'ioc-field__input', rows: 2, value: plan.to, maxlength: 4000,
            'aria-describedby': 'ioc-schedule-hint', oninput: (event) => { plan.to = event.target.value; }
          }),
          make('span', { cls: 'ioc-section__note', id: 'ioc-schedule-hint' },
            words.to_hint.replace('{domains}', told.domains.join(', @')))),
        make('fieldset', { cls: 'ioc-packs__forms' },
          make('legend', { cls: 'ioc-field__label' }, words.forms),
          Object.entries(FORMS).map(([name, label]) => make('label', { cls: 'ioc-packs__check' },
            make('input', {
              type: 'checkbox', checked: plan.forms.has(name),
              onchange: (event) => plan.forms[event.target.checked ? 'add' : 'delete'](name)
            }), ' ' + label))),
        make('div', { cls: 'ioc-packs__actions' }, button(words.arrange, arrange, 'ioc-button--primary')),
        note);

    const acted = (one, action) => attempt(async () => {
      await desk.sent('/schedules/' + one.id + '/' + action, {});
    });

    const line = (one) =>
      make('li', { cls: 'ioc-packs__scheduled' },
        make('div', {},
          make('b', {}, one.pack),
          make('p', {}, one.on + ', ' + one.at + ' · ' + one.forms.map((name) => FORMS[name]).join(', ')
            + ' · ' + one.to.join(', ')),
          make('p', {}, one.stopped || words.next + ': ' + one.next),
          make('p', { cls: 'ioc-packs__last', 'data-state': one.state },
            words.last + ': ' + (one.last || words.never)),
          one.own ? null : make('p', { cls: 'ioc-section__note' }, words.owner + ': ' + one.person)),
        make('div', { cls: 'ioc-packs__tools' },
          one.stopped ? button(words.resume, acted(one, 'resume')) : button(words.pause, acted(one, 'pause')),
          button(words.remove, acted(one, 'remove'))));

    const draw = (told, sentence) => {
      note.textContent = sentence || '';
      note.className = 'ioc-packs__status ioc-packs__status--good';
      root.replaceChildren(
        make('h2', { cls: 'ioc-section__title' }, words.title),
        make('p', { cls: 'ioc-section__note' }, told.has_mail ? words.lead : words.no_mail),
        ...(told.has_mail ? [form(told)] : []),
        told.schedules.length
          ? make('ul', { cls: 'ioc-packs__schedules' }, told.schedules.map(line))
          : make('p', { cls: 'ioc-section__note' }, words.none));
    };

    draw(await load());
  };
})();
