#!/bin/sh
# Copies third-party files into assets/: the typeface, dayjs with Vietnamese (for date pickers) and the icons as CSS masks.
#
#   scripts/build_assets.sh [WORK_FOLDER]     needs node >= 20 and an npm registry
set -eu
cd "$(dirname "$0")"
bundle=$PWD/plotly-bundle
assets=$PWD/../assets
work=${1:-$(mktemp -d)}

cp "$bundle"/package*.json "$work/"
cd "$work"
[ -d node_modules/lucide-static ] || npm ci --silent --no-audit --no-fund --ignore-scripts
cd node_modules

# The number in the name makes Dash load dayjs before its locale.
cp dayjs/dayjs.min.js "$assets/00-dayjs.min.js"
cp dayjs/locale/vi.js "$assets/01-dayjs-vi.js"

mkdir -p "$assets/fonts"
plex=@fontsource-variable/ibm-plex-sans/files/ibm-plex-sans
cp $plex-latin-wdth-normal.woff2 "$assets/fonts/plex-sans-latin.woff2"
cp $plex-vietnamese-wdth-normal.woff2 "$assets/fonts/plex-sans-vietnamese.woff2"
cp "@ibm/plex-sans-variable/fonts/split/woff2/IBM Plex Sans Var-Roman-Pi.woff2" "$assets/fonts/plex-sans-symbols.woff2"
cp @ibm/plex-sans-variable/LICENSE.txt "$assets/fonts/OFL.txt"

ICONS="arrow-down arrow-right arrow-up bell building-2 calendar calendar-off chart-line check chevron-down chevron-left
chevron-right circle-question-mark clock clock-alert copy database download ellipsis-vertical eye file-spreadsheet filter
flask-conical git-branch history info link list-checks lock log-out map maximize menu message-square-warning minus monitor moon
pause pencil play plus presentation printer refresh-cw search settings skip-forward star sun table trash-2 triangle-alert
unplug upload user wifi-off x" \
node -e '
const { readFileSync } = require("fs");
const names = process.env.ICONS.split(/\s+/);
const text = (name) => readFileSync(`lucide-static/icons/${name}.svg`, "utf8")
  .replace(/<!--.*?-->/gs, "").replace(/\s+/g, " ")
  .replace(/<svg[^>]*>/, (tag) => tag.replace(/ (class|width|height)="[^"]*"/g, "").replace("currentColor", "#000"))
  .replace(/> </g, "><").replace(/ ?(\/?>)/g, "$1").trim().replace(/"/g, "\u0027");
const url = (svg) => "url(\"data:image/svg+xml," + svg.replace(/%/g, "%25").replace(/#/g, "%23").replace(/</g, "%3C").replace(/>/g, "%3E") + "\")";
console.log("/* Lucide " + require("./lucide-static/package.json").version + ", ISC licence, see LICENSES.md. Built by scripts/build_assets.sh. */");
console.log(":root {\n" + names.map((n) => `  --ioc-icon-${n}: ${url(text(n))};`).join("\n") + "\n}\n");
console.log(`.ioc-icon {
  display: inline-block;
  flex: none;
  width: 1.25em;
  height: 1.25em;
  vertical-align: -0.25em;
  background: currentColor;
  -webkit-mask: var(--ioc-icon) center / contain no-repeat;
  mask: var(--ioc-icon) center / contain no-repeat;
  print-color-adjust: exact;
}
`);
for (const n of names) console.log(`.ioc-icon--${n} { --ioc-icon: var(--ioc-icon-${n}); }`);
' > "$assets/icons.css"

ls -l "$assets"/0*.js "$assets"/icons.css "$assets"/fonts
