/* Empty base maps for Plotly's geo traces. Without this file plotly.js fetches a world map from outside before it draws any
   choropleth, even one with its own GeoJSON. We ship no base borders on purpose: the only outlines on screen are Vietnam's own. */
(function () {
  'use strict';
  var none = { type: 'GeometryCollection', geometries: [] };
  var topology = { type: 'Topology', arcs: [], objects: {} };
  ['coastlines', 'land', 'ocean', 'lakes', 'rivers', 'countries', 'subunits'].forEach(function (layer) {
    topology.objects[layer] = none;
  });
  var topojson = {};
  ['world', 'asia', 'africa', 'europe', 'north-america', 'south-america', 'oceania', 'usa'].forEach(function (scope) {
    topojson[scope + '_110m'] = topojson[scope + '_50m'] = topology;
  });
  window.PlotlyGeoAssets = { topojson: topojson };
})();
