// Boards: pinning a part of a page, and what is done with boards and pins. The server keeps an
// address and a kind, never a figure; after a change the page asks for its board anew.
(function () {
  'use strict';

  const html = document.documentElement;
  const words = {
    vi: {
      title: 'Ghim vào bảng của tôi', board: 'Bảng', name: 'Tên (để trống thì dùng tên có sẵn)', new: 'Bảng mới…',
      pin: 'Ghim', cancel: 'Hủy', save: 'Lưu', pinned: 'Đã ghim vào', open: 'Mở bảng', undo: 'Hoàn tác',
      removed: 'Đã bỏ', restored: 'Đã đặt lại', copied: 'Đã chép liên kết', copy: 'Chép liên kết này',
      rename: 'Đổi tên', full: 'đã đủ', close: 'Đóng', failed: 'Chưa làm được', board_name: 'Tên bảng'
    },
    en: {
      title: 'Pin to my board', board: 'Board', name: 'Name (leave empty for the usual one)', new: 'New board…',
      pin: 'Pin', cancel: 'Cancel', save: 'Save', pinned: 'Pinned to', open: 'Open the board', undo: 'Undo',
      removed: 'Removed', restored: 'Put back', copied: 'Link copied', copy: 'Copy this link',
      rename: 'Rename', full: 'full', close: 'Close', failed: 'Could not be done', board_name: 'Name of the board'
    }
  };
  const language = () => (html.lang === 'en' ? 'en' : 'vi');
  const say = () => words[language()];
  const PATIENCE = 12000; // ms in which something removed is offered to be put back
  const LONGEST = 80;

  const asked = async (address, body) => {
    const response = await fetch(address + '?lang=' + language(), body === undefined ? { cache: 'no-store' } : {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': window.ioc_take.token() },
      body: JSON.stringify(body)
    });
    const told = await response.json();
    if (!response.ok) throw new Error(told.detail || String(response.status));
    return told;
  };

  const redraw = () => window.dash_clientside.set_props('turn', { data: Date.now() });

  const make = (tag, attributes, ...children) => {
    const { cls, ...others } = attributes;
    const found = Object.assign(document.createElement(tag), others);
    if (cls) found.className = cls;
    found.append(...children.filter((child) => child !== null));
    return found;
  };

  // ---- what was done, at the foot of the window, with the way back

  const note = (text, kind, ...ways) => {
    let place = document.getElementById('ioc-told');
    if (!place) {
      place = make('div', { id: 'ioc-told', cls: 'ioc-taking', role: 'status' });
      document.body.append(place);
    }
    const line = make('p', { cls: 'ioc-taking__line ioc-taking__line--' + kind }, text, ' ', ...ways);
    const close = make('button', { type: 'button', cls: 'ioc-taking__close', onclick: () => line.remove() }, '×');
    close.setAttribute('aria-label', say().close);
    line.append(' ', close);
    place.replaceChildren(line);
    if (kind === 'done') setTimeout(() => line.remove(), PATIENCE);
    return line;
  };

  const tried = async (work) => {
    try {
      await work();
    } catch (error) {
      note(say().failed + ': ' + error.message, 'failed');
    }
  };

  const undoing = (address) => make('button', {
    type: 'button', cls: 'ioc-button ioc-button--small', onclick: () => tried(async () => {
      await asked(address, {});
      note(say().restored, 'done');
      redraw();
    })
  }, say().undo);

  // ---- a small question: one or two fields, Enter and Escape as everywhere

  const question = (title, fields, yes, answer) => {
    const from = document.activeElement;
    const dialog = make('dialog', { cls: 'ioc-ask' });
    dialog.setAttribute('aria-label', title);
    const form = make('form', { method: 'dialog', cls: 'ioc-ask__form' },
      make('h2', { cls: 'ioc-ask__title' }, title),
      ...fields,
      make('div', { cls: 'ioc-ask__ways' },
        make('button', { type: 'button', cls: 'ioc-button', onclick: () => dialog.close() }, say().cancel),
        make('button', { type: 'submit', cls: 'ioc-button ioc-button--primary' }, yes)));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      dialog.close();
      tried(answer);
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (from && from.isConnected) from.focus();
    });
    dialog.append(form);
    document.body.append(dialog);
    dialog.showModal();
  };

  const field = (label, input) =>
    make('label', { cls: 'ioc-field' }, make('span', { cls: 'ioc-field__label' }, label), input);
  const text = (value) => make('input', { cls: 'ioc-field__input', type: 'text', maxLength: LONGEST, value, autocomplete: 'off' });

  // ---- pinning

  const pin = (button) => tried(async () => {
    const { boards, more } = await asked('/boards');
    const choice = make('select', { cls: 'ioc-field__input' }, ...boards.map((one) =>
      make('option', { value: one.id, disabled: one.full }, one.title + (one.full ? ' (' + say().full + ')' : ''))));
    if (more && boards.length) choice.append(make('option', { value: 'new' }, say().new));
    const fresh = field(say().board_name, text(''));
    fresh.hidden = true;
    choice.onchange = () => { fresh.hidden = choice.value !== 'new'; };
    const name = text('');
    name.placeholder = button.dataset.title;
    const address = window.location.pathname + window.location.search;
    question(say().title, [boards.length ? field(say().board, choice) : null, fresh, field(say().name, name)].filter(Boolean), say().pin, async () => {
      const made = fresh.querySelector('input').value;
      const told = await asked('/pins', {
        kind: button.dataset.pin,
        metric: button.dataset.metric || null,
        address,
        title: name.value,
        board: choice.value && choice.value !== 'new' ? choice.value : null,
        new: choice.value === 'new' ? made || say().new.replace('…', '') : null
      });
      const open = make('a', {
        href: told.href, cls: 'ioc-button ioc-button--small', onclick: (event) => {
          event.preventDefault();
          event.target.closest('p').remove();
          window.toan_canh.navigate(told.href);
        }
      }, say().open);
      note(say().pinned + ' “' + told.title + '”', 'done', undoingPin(told.pin), ' ', open);
    });
  });

  const undoingPin = (id) => make('button', {
    type: 'button', cls: 'ioc-button ioc-button--small', onclick: () => tried(async () => {
      await asked('/pins/' + id + '/remove', {});
      note(say().removed, 'done', undoing('/pins/' + id + '/restore'));
      redraw();
    })
  }, say().undo);

  // ---- what is done with boards and pins

  const renamed = (title, before, address) => {
    const input = text(before);
    question(title, [field(say().name.replace(/ \(.*/, ''), input)], say().save, async () => {
      const told = await asked(address, { title: input.value });
      if (told.href) window.toan_canh.navigate(told.href);
      redraw();
    });
    input.select();
  };

  const copied = async (id) => {
    const link = window.location.origin + '/my/' + id;
    try {
      await navigator.clipboard.writeText(link);
      note(say().copied, 'done');
    } catch (error) { // no permission, or no secure connection: the reader copies it
      question(say().copy, [field(say().copy, text(link))], say().close, async () => {});
    }
  };

  const deeds = {
    new: (id, title) => renamed(words[language()].new.replace('…', ''), title, '/boards/new'),
    rename: (id, title) => renamed(say().rename, title, '/boards/' + id + '/rename'),
    share: async (id) => { await asked('/boards/' + id + '/share', {}); await copied(id); redraw(); },
    unshare: async (id) => { await asked('/boards/' + id + '/unshare', {}); redraw(); },
    link: (id) => copied(id),
    remove: async (id, title) => {
      await asked('/boards/' + id + '/remove', {});
      note(say().removed + ' “' + title + '”', 'done', undoing('/boards/' + id + '/restore'));
      if (window.location.pathname !== '/my') window.toan_canh.navigate('/my');
      redraw();
    }
  };

  const change = async ({ pinned, deed, title }) => {
    const address = '/pins/' + pinned + '/' + deed;
    if (deed === 'rename') { renamed(say().rename, title, address); return; }
    await asked(address, {});
    if (deed === 'remove') note(say().removed + ' “' + title + '”', 'done', undoing('/pins/' + pinned + '/restore'));
    redraw();
  };

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-pin], [data-pinned], button[data-board]');
    if (!button) return;
    if (button.dataset.pin) pin(button);
    else if (button.dataset.pinned) tried(() => change(button.dataset));
    else tried(() => deeds[button.dataset.deed](button.dataset.board, button.dataset.title));
  });
})();
