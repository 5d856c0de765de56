#!/bin/sh
# Builds assets/plotly-custom.min.js: plotly.js with the traces in scripts/plotly-bundle/entry.js and nothing else.
# Dash uses window.Plotly when a script in assets/ has set it, so the full 4.8 MB bundle is never fetched.
# The version must be the one of the installed Python package: plotly.offline.get_plotlyjs_version().
#
#   scripts/build_plotly.sh [WORK_FOLDER]     needs node >= 20 and an npm registry; about 30 s
set -eu
cd "$(dirname "$0")"
bundle=$PWD/plotly-bundle
assets=$PWD/../assets
work=${1:-$(mktemp -d)}

cp "$bundle"/*.js* "$work/"
cd "$work"
[ -d node_modules/plotly.js ] || npm ci --silent --no-audit --no-fund --ignore-scripts

version=$(node -p "require('plotly.js/package.json').version")
traces=$(sed -n "s|.*require('plotly.js/lib/\(.*\)').*|\1|p" entry.js | sed 's/^core$/scatter/' | sort | tr '\n' ' ' | sed 's/ $//')

npx esbuild entry.js --bundle --minify --format=iife --global-name=Plotly --target=es2016 --charset=utf8 \
  --define:global=window --define:define.amd=false \
  --alias:country-iso-search=./no-countries.js --loader:.css=empty --log-level=warning \
  --legal-comments=none --outfile=plotly-custom.js

{
  printf '/*! plotly.js %s, custom bundle (%s, locale vi). Copyright 2012-2026, Plotly, Inc. MIT licence.\n' "$version" "$traces"
  printf ' * Contains d3, d3-geo, topojson-client, turf, culori, polybooljs and others: see LICENSES.md. Built by scripts/build_plotly.sh. */\n'
  cat plotly-custom.js
} > "$assets/plotly-custom.min.js"
printf '%s\n' "$version" > "$assets/plotly-custom.version.txt"

printf 'plotly.js %s: %s bytes, %s gzipped\n' "$version" \
  "$(wc -c < "$assets/plotly-custom.min.js")" "$(gzip -9c "$assets/plotly-custom.min.js" | wc -c)"
