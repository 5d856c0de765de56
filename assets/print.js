// Charts keep their screen size on paper unless they are told the paper's width: A4 portrait less margins and padding.
(function () {
  'use strict';
  var WIDTH = 664; // 186 mm at 96 dpi, less the panel's padding
  var charts = function () { return Array.prototype.slice.call(document.querySelectorAll('.js-plotly-plot')); };

  window.addEventListener('beforeprint', function () {
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
