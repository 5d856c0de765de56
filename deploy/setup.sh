#!/usr/bin/env bash
# Makes ready what `make run` and `make test` need; does nothing when it is there already.
#
#   deploy/setup.sh run       .venv with requirements.txt
#   deploy/setup.sh dev       .venv with requirements-dev.txt
#   deploy/setup.sh browser   Chromium and Vietnamese letters, for the tests that open pages
#   deploy/setup.sh database  the server programs of PostgreSQL and MariaDB, for the tests that read real databases
#   deploy/setup.sh broker    Mosquitto, for the tests that listen to sensors
set -euo pipefail
cd "$(dirname "$0")/.."

oldest_python=11  # 3.11 to 3.14, as requires-python in pyproject.toml says
newest_python=14

say() { echo "setup: $*"; }

give_up() {
    echo "setup: $*" >&2
    exit 1
}

# Runs a command as root, straight or through sudo without a question; fails where neither is possible.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        return 1
    fi
}

apt_install() {
    command -v apt-get >/dev/null || return 1
    as_root true || return 1
    say "installing $* (apt-get)"
    local packages_log
    packages_log=$(mktemp)
    as_root apt-get update >"$packages_log" 2>&1 || true  # an old list may still do
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "$@" >>"$packages_log" 2>&1 || {
        tail -n 5 "$packages_log" >&2
        return 1
    }
}

python_that_fits() {
    local candidate
    for candidate in python3.13 python3.12 python3.11 python3.14 python3; do
        if "$candidate" -c "import sys; sys.exit(not $oldest_python <= sys.version_info.minor <= $newest_python)" \
            2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

make_venv() {
    local python version
    python=$(python_that_fits) ||
        give_up "no Python 3.$oldest_python to 3.$newest_python was found. Install one: apt-get install python3"
    version=$("$python" -c 'import sys; print(f"{sys.version_info.major}.{sys.version_info.minor}")')
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        apt_install "python$version-venv" ||
            give_up "$python cannot make a virtual environment. As root: apt-get install python$version-venv"
    fi
    say "making .venv with Python $version"
    rm -rf .venv
    "$python" -m venv .venv
}

# A stamp bears the hash of the list it was installed from, so a second call costs nothing.
stamp_of() { echo ".venv/installed-$(sha256sum "$1" | cut -c 1-16)"; }

install() {
    local list=$1
    if ! .venv/bin/python -c '' 2>/dev/null; then
        make_venv
    elif [ -e "$(stamp_of "$list")" ]; then
        return
    fi
    say "installing $(grep -c '==' "$list") packages from $list"
    rm -f .venv/installed-*
    .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --requirement "$list" ||
        give_up "pip could not install $list (see above). Is the package index reachable?"
    touch "$(stamp_of "$list")"
    # The longer list holds the shorter one.
    [ "$list" = requirements.txt ] || touch "$(stamp_of requirements.txt)"
}

# Asked for its version, because Ubuntu's chromium-browser may be an empty shell around a snap.
chromium_found() {
    local candidate
    for candidate in chromium chromium-browser google-chrome; do
        "$candidate" --version >/dev/null 2>&1 && return
    done
    return 1
}

letters_found() { ! command -v dpkg >/dev/null || dpkg -s fonts-noto-core >/dev/null 2>&1; }

browser() {
    local way_on="As root: apt-get install chromium fonts-noto-core (or leave these tests out: make test BROWSER=no)"
    letters_found || apt_install fonts-noto-core || give_up "the browser tests need fonts-noto-core. $way_on"
    chromium_found || apt_install chromium || apt_install chromium-browser || true
    chromium_found || give_up "the browser tests need Chromium. $way_on"
}

broker_found() { PATH="$PATH:/usr/sbin" command -v mosquitto >/dev/null; }

# These tests are few, and are skipped by name where there is no broker: no reason to give up.
broker() {
    broker_found || apt_install mosquitto || say "no broker: the tests of kind mqtt that need one are skipped. As root: apt-get install mosquitto"
}

database_found() { command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }

# The tests start a server of their own; the one that Debian's package would start is not wanted.
install_database() {
    local wish=/etc/postgresql-common/createcluster.conf
    apt_install postgresql-common || return 1
    as_root sed -i 's/^#\? *create_main_cluster *=.*/create_main_cluster = false/' "$wish" || return 1
    apt_install postgresql
}

mariadb_found() { command -v mariadb-install-db >/dev/null && command -v my_print_defaults >/dev/null; }

database() {
    mariadb_found || apt_install mariadb-server-core mariadb-client-core || say "no MariaDB: the tests of kind sql that need one are skipped. As root: apt-get install mariadb-server-core mariadb-client-core"
    database_found || install_database || say "no PostgreSQL: the tests of kind sql that need one are skipped. As root: apt-get install postgresql"
}

case "${1:-}" in
    run) install requirements.txt ;;
    dev) install requirements-dev.txt ;;
    browser) browser ;;
    broker) broker ;;
    database) database ;;
    *) give_up "say what to make ready: run, dev, browser, broker or database" ;;
esac
