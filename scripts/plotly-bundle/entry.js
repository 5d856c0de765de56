// The traces Toàn Cảnh draws, and nothing else. A new kind of chart needs a line here and a rebuild.
'use strict';

const Plotly = require('plotly.js/lib/core'); // brings scatter

Plotly.register([
  require('plotly.js/lib/bar'),
  require('plotly.js/lib/box'),
  require('plotly.js/lib/choropleth'),
  require('plotly.js/lib/heatmap'),
  require('plotly.js/lib/scattergeo'),
  require('plotly.js/lib/waterfall'),
  require('./locale-vi')
]);

// Safe for a graph whose author forgets its config: Vietnamese, no logo, no upload, no map files from outside.
Plotly.setPlotConfig({
  locale: 'vi',
  displaylogo: false,
  showSendToCloud: false,
  plotlyServerURL: '',
  topojsonURL: '/assets/geo/'
});

module.exports = Plotly;
