// What only the browser knows of paper: how wide charts may be, and what stands in the margin of every sheet.
(function () {
  'use strict';
  var WIDTH = 664; // A4 portrait: 186 mm at 96 dpi, less the panel's padding
  var margins = null;

  // The second sheet lies alone on a desk: it says what it is about, how far it reaches, what is made up.
  var quoted = function (text) { return '"' + text.replace(/\s+/g, ' ').trim().replace(/["\\]/g, '\\$&') + '"'; };
  var textOf = function (selector) {
    var found = document.querySelector(selector);
    return found && found.firstChild ? found.firstChild.textContent : '';
  };
  var told = function () {
    var where = [document.title, textOf('.ioc-pagehead .ioc-reach') || textOf('.ioc-footer__line')].filter(Boolean).join(' · ');
    var size = document.querySelector('.ioc-docket') ? 'size: A4 landscape; ' : ''; // rows of eight columns
    return '@page { ' + size + '@top-left { content: ' + quoted(textOf('.ioc-banner--simulated b')) + '; font: 600 7pt sans-serif; color: #8a4f00; }'
      + ' @bottom-left { content: ' + quoted(where) + '; font: 7pt sans-serif; color: #4a545f; }'
      + ' @bottom-right { content: counter(page) " / " counter(pages); font: 7pt sans-serif; color: #4a545f; } }';
  };
  var charts = function () { return Array.prototype.slice.call(document.querySelectorAll('.js-plotly-plot')); };

  window.addEventListener('beforeprint', function () {
    if (margins === null) {
      margins = new CSSStyleSheet();
      document.adoptedStyleSheets = document.adoptedStyleSheets.concat(margins);
    }
    margins.replaceSync(told());
    charts().forEach(function (chart) {
      if (chart.closest('.ioc-map__inset') || !chart.layout) return;
      chart.dataset.printing = '';
      window.Plotly.relayout(chart, { autosize: false, width: WIDTH, height: Math.min(chart.offsetHeight, 560) });
    });
  });
  window.addEventListener('afterprint', function () {
    charts().forEach(function (chart) {
      if (!('printing' in chart.dataset)) return;
      delete chart.dataset.printing;
      window.Plotly.relayout(chart, { autosize: true, width: null, height: null });
    });
  });
})();
