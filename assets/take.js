// Taking a panel away as a file: asked for, waited for, fetched. The server makes it in a process
// of its own; what is on the screen goes on meanwhile.
(function () {
  'use strict';

  const html = document.documentElement;
  const token = () => {
    const found = /(?:^|; )_csrf_token=([^;]*)/.exec(document.cookie);
    return found ? decodeURIComponent(found[1]) : '';
  };
  const words = {
    vi: {
      wait: 'Đang chờ', ahead: 'còn {count} tệp trước', make: 'Đang lập', done: 'Đã tải', failed: 'Không lập được',
      offline: 'mất kết nối máy chủ', close: 'Đóng'
    },
    en: {
      wait: 'Waiting', ahead: '{count} files before it', make: 'Being made', done: 'Downloaded', failed: 'Could not be made',
      offline: 'the server cannot be reached', close: 'Close'
    }
  };
  const say = () => words[html.lang === 'en' ? 'en' : 'vi'];
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const PATIENCE = 300; // polls

  const ask = async (wanted) => {
    const response = await fetch('/exports', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token() },
      body: JSON.stringify(wanted)
    });
    const told = await response.json();
    if (!response.ok) throw new Error(told.detail || response.status);
    return told.id;
  };

  // Until it is done or has failed; two answers that do not come in a row are no answer.
  const followed = async (id, tell) => {
    let lost = 0;
    for (let turn = 0; turn < PATIENCE; turn += 1) {
      await pause(turn < 4 ? 300 : 800);
      try {
        const response = await fetch('/exports/' + id, { cache: 'no-store' });
        const told = await response.json();
        lost = 0;
        if (!response.ok) throw Object.assign(new Error(told.detail), { told: true });
        if (told.state === 'done') return told;
        if (told.state === 'failed') throw Object.assign(new Error(told.message), { told: true });
        tell(told);
      } catch (error) {
        lost += 1;
        if (error.told || lost > 3) throw error.told ? error : new Error(say().offline);
      }
    }
    throw new Error(say().offline);
  };

  const fetchFile = (id) => {
    const link = document.createElement('a');
    link.href = '/exports/' + id + '/file';
    link.download = '';
    document.body.append(link);
    link.click();
    link.remove();
  };

  // ---- what is being made, at the foot of the window

  const board = () => {
    let found = document.getElementById('ioc-taking');
    if (!found) {
      found = document.createElement('div');
      found.id = 'ioc-taking';
      found.className = 'ioc-taking';
      found.setAttribute('role', 'status');
      document.body.append(found);
    }
    return found;
  };

  const note = (title) => {
    const line = document.createElement('p');
    line.className = 'ioc-taking__line';
    board().append(line);
    return (text, kind) => {
      line.className = 'ioc-taking__line' + (kind ? ' ioc-taking__line--' + kind : '');
      line.textContent = text + ': ' + title;
      if (!kind) return;
      if (kind === 'done') setTimeout(() => line.remove(), 4000);
      else {
        const close = document.createElement('button');
        close.type = 'button';
        close.className = 'ioc-taking__close';
        close.textContent = '×';
        close.setAttribute('aria-label', say().close);
        close.onclick = () => line.remove();
        line.append(' ', close);
      }
    };
  };

  const queued = (told) =>
    told.ahead ? ' (' + say().ahead.replace('{count}', told.ahead) + ')' : '';

  const take = async (wanted, title) => {
    const tell = note(title + ' (' + wanted.form.replace('4', '').toUpperCase() + ')');
    tell(say().wait);
    try {
      const id = await ask(wanted);
      await followed(id, (told) => {
        const share = told.parts ? ' ' + told.made + '/' + told.parts : '';
        tell(told.state === 'running' ? say().make + share : say().wait + queued(told));
      });
      fetchFile(id);
      tell(say().done, 'done');
    } catch (error) {
      tell(say().failed + ' (' + error.message + ')', 'failed');
    }
  };

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-take]');
    const open = [...document.querySelectorAll('details.ioc-take[open]')];
    if (!button) {
      open.filter((one) => !one.contains(event.target)).forEach((one) => { one.open = false; });
      return;
    }
    open.forEach((one) => { one.open = false; });
    take({
      what: button.dataset.take,
      form: button.dataset.form,
      language: html.lang === 'en' ? 'en' : 'vi',
      address: button.dataset.address || window.location.pathname + window.location.search
    }, button.dataset.title);
  });

  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    document.querySelectorAll('details.ioc-take[open]').forEach((one) => {
      one.open = false;
      one.querySelector('summary').focus();
    });
  });

  window.ioc_take = { ask, followed, fetchFile, token, queued };
})();
