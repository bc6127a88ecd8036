#!/usr/bin/env bash
# Says which Debian packages the native peers need and which of them are not there; with --yes, as root, installs those.
set -euo pipefail

# Of alternatives, parted by |, the first that Debian has.
PACKAGES=(
  gcc libc6-dev
  libssl-dev
  libjwt-dev
  libipsec-mb-dev
  golang-go 'golang-github-golang-jwt-jwt-v5-dev|golang-github-golang-jwt-jwt-dev'
  cargo rustc librust-jsonwebtoken-dev librust-serde-dev librust-libc-dev
)

usage() {
  echo "Usage: $0 [--yes]" >&2
  exit 2
}

is_installed() {
  [[ $(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

is_known() {
  [[ -n $(apt-cache policy "$1" 2>/dev/null | sed -n '/Candidate: (none)/d; /Candidate:/p') ]]
}

# The one of some alternatives that is installed, or else the first that can be.
choose() {
  local name
  for name in "$@"; do is_installed "$name" && echo "$name" && return; done
  for name in "$@"; do is_known "$name" && echo "$name" && return; done
  return 1
}

INSTALL=no
case "$#:${1-}" in
  0:) ;;
  1:--yes) INSTALL=yes ;;
  *) usage ;;
esac
if ! command -v apt-get >/dev/null; then
  echo "Expected a Debian, with apt-get, for the native peers" >&2
  exit 1
fi
if [[ $INSTALL == yes ]]; then
  if ((EUID != 0)); then
    echo "Expected to be root with --yes, got $(id -un)" >&2
    exit 2
  fi
  apt-get update
fi

MISSING=()
for alternatives in "${PACKAGES[@]}"; do
  IFS='|' read -ra names <<<"$alternatives"
  if ! name=$(choose "${names[@]}"); then
    echo "not in this Debian: ${names[*]}"
  elif is_installed "$name"; then
    echo "there:   $name"
  else
    echo "missing: $name"
    MISSING+=("$name")
  fi
done

if ((${#MISSING[@]} == 0)); then
  echo "Nothing is to be installed."
elif [[ $INSTALL == yes ]]; then
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${MISSING[@]}"
else
  echo
  echo "As root, '$0 --yes' does this:"
  echo "  apt-get update"
  echo "  apt-get install --no-install-recommends ${MISSING[*]}"
fi
