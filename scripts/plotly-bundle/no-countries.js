// Stands in for plotly.js's list of country names (53 KB). Our maps are matched by feature id, never by a country's name.
'use strict';

const none = () => undefined;
module.exports = { COUNTRIES: [], createLookup: () => ({ lookupAlpha3: none }) };
