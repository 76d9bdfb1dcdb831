#!/usr/bin/env bash
# Make .venv from one of the lock files:  tools/venv.sh run|dev
# A second call with an unchanged lock file returns at once. Prints only what a person has to know.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:-run}
lock=requirements/$kind.lock
stamp=.venv/.installed-$kind

say() { printf '%s\n' "$*" >&2; }

# The distribution's own Python comes first: it is what the README promises, and built with profiles it is a little faster.
find_python() {
    local name path system=/usr/bin/python3.11
    if [ -z "${PYTHON:-}" ] && "$system" -c 'import ensurepip, venv' 2>/dev/null; then
        printf '%s' "$system"
        return
    fi
    for name in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
        [ -n "$name" ] && path=$(command -v "$name") || continue
        if "$path" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$path"
            return
        fi
    done
    say "Python 3.11 or newer is needed and was not found. On Debian 12:  apt-get install python3 python3-venv"
    exit 1
}

# Debian splits venv off its Python; without it venv fails half-way, so ask first.
ensure_venv_module() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null && return
    local version package
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    package=python$version-venv
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "Installing $package …"
        apt-get install -y -q "$package" >/dev/null 2>&1 ||
            { apt-get update -q >/dev/null && apt-get install -y -q "$package" >/dev/null; }
    else
        say "Python's venv module is missing. Install it with:  sudo apt-get install $package"
        exit 1
    fi
}

wanted=$(sha256sum "$lock" | cut -d' ' -f1)
if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    python=$(find_python)
    ensure_venv_module "$python"
    say "Making .venv with $("$python" --version) …"
    "$python" -m venv --clear .venv
fi

# uv, pinned like everything else, installs in seconds what takes pip a minute; pip is what remains when uv cannot.
with_uv() {
    local pip=(.venv/bin/python -m pip) pinned=.venv/uv.lock
    awk '/^[^ ]/ { wanted = /^uv==/ } wanted' requirements/dev.lock >"$pinned"
    "${pip[@]}" install -qq --disable-pip-version-check --no-compile --require-hashes --no-deps -r "$pinned" || return 1
    # A machine's own choice of index is kept in pip's settings, which uv does not read.
    local index
    index=${PIP_INDEX_URL:-$("${pip[@]}" config get global.index-url 2>/dev/null || true)}
    [ -z "$index" ] || export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$index}
    VIRTUAL_ENV=$PWD/.venv UV_SYSTEM_CERTS=1 .venv/bin/uv pip install --quiet --require-hashes --no-deps -r "$lock"
}

say "Installing the packages of $lock …"
with_uv 2>/dev/null || .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r "$lock"
printf '%s' "$wanted" >"$stamp"
# What the developers' lock brings contains what a run needs: the other stamp would only reinstall.
if [ "$kind" = dev ]; then
    sha256sum requirements/run.lock | cut -d' ' -f1 | tr -d '\n' >.venv/.installed-run
fi
