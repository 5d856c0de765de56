// Handing in figures: choices are addresses; a file goes to the server as it is, and comes back
// as what it says.
(function () {
  'use strict';

  const nothing = () => window.dash_clientside.no_update;
  const token = () => (/(?:^|; )_csrf_token=([^;]*)/.exec(document.cookie) || ['', ''])[1];
  const path = (...parts) => parts.filter(Boolean).map(encodeURIComponent).join('/');
  const note = (text, kind) => [
    'p', { className: 'ioc-note ioc-note--' + kind, role: kind === 'wrong' ? 'alert' : 'status' }, text
  ];

  const go = (...parts) => window.toan_canh.navigate('/submit/' + path(...parts) + window.location.search);

  const bytes = (contents) => {
    const text = window.atob(contents.slice(contents.indexOf(',') + 1));
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  };

  const answer = async (contents, chosen) => {
    try {
      const response = await fetch(
        '/submissions/' + path(chosen.form, chosen.period, chosen.area) + '?lang=' + chosen.language,
        {
          method: 'POST',
          headers: { 'Content-Type': 'application/octet-stream', 'X-CSRFToken': decodeURIComponent(token()) },
          body: bytes(contents)
        }
      );
      return response.ok ? (await response.json()).tree : note(chosen.words.failed, 'wrong');
    } catch (error) {
      return note(chosen.words.failed, 'wrong');
    }
  };

  // The field comes late, and without a name for those who cannot see what lies beneath it.
  const nameField = (name, tries) => {
    const field = document.querySelector('#submit-upload input');
    if (field) field.setAttribute('aria-label', name);
    else if (tries) setTimeout(() => nameField(name, tries - 1), 250);
  };

  const keyOf = (chosen) => (chosen ? path(chosen.form, chosen.period, chosen.area) : '');
  let shownFor = null;

  Object.assign(window.dash_clientside.ioc, {
    // form, period, area as they are chosen → another address
    submitChoose: function (form, period, area, chosen) {
      if (!chosen || !form) return nothing();
      if (form !== chosen.form) go(form);
      else if (period && period !== chosen.period) go(form, period, area);
      else if (area && area !== chosen.area) go(form, period, area);
      return nothing();
    },

    // a file → [what it says, where it says it, no file: the same one may come again]
    submitFile: async function (contents, chosen) {
      if (!contents || !chosen || !chosen.area) return [nothing(), nothing(), nothing()];
      const preview = 'submit-preview';
      window.dash_clientside.set_props(preview, { tree: note(chosen.words.reading, 'wait') });
      window.dash_clientside.set_props('submit-receipt', { tree: null });
      shownFor = keyOf(chosen);
      const tree = await answer(contents, chosen);
      requestAnimationFrame(() => {
        const place = document.getElementById(preview);
        if (place) place.scrollIntoView({ block: 'start', behavior: 'smooth' });
      });
      return [shownFor === keyOf(chosen) ? tree : null, null, null];
    },

    // another form, period or area → nothing left of the file before
    submitLeft: function (chosen) {
      if (chosen) nameField(chosen.words.give, 40);
      if (shownFor === null || shownFor === keyOf(chosen)) return [nothing(), nothing()];
      shownFor = null;
      return [null, null];
    }
  });
})();
