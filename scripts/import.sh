#!/bin/sh
# Brings a bundle into a GitLab without internet: pushes its images and its repository. Run it in the unpacked folder:
#   GITLAB_URL=https://gitlab.example.com REGISTRY=registry.example.com GITLAB_TOKEN=… sh import.sh
# GITLAB_TOKEN  a token of the project with write_repository and write_registry, role Maintainer
# GITLAB_USER   the user that it belongs to; any name does for a project's token
# CA_FILE       certificates of your own authority, in PEM form
# REGISTRY_TLS  false for a registry without TLS
# BRANCH        the project's default branch; main
# Needs git, and skopeo or podman. Can be run again: what is there stays.
set -eu
cd "$(dirname "$0")"
# shellcheck source=/dev/null
. ./bundle.env
: "${VERSION:?bundle.env is damaged}" "${PROJECT:?bundle.env is damaged}"
GITLAB_USER=${GITLAB_USER:-oauth2}
BRANCH=${BRANCH:-main}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { echo "import: $*"; }
fail() { echo "import: $*" >&2; exit 2; }

[ -n "${GITLAB_URL:-}" ] || fail "GITLAB_URL is not set: the address of your GitLab, such as https://gitlab.example.com"
[ -z "$IMAGES" ] || [ -n "${REGISTRY:-}" ] || fail "REGISTRY is not set: where your GitLab keeps images, such as registry.example.com"
command -v git > /dev/null || fail "git is missing"

say "checking the bundle's files"
sha256sum --quiet -c SHA256SUMS || fail "the bundle is damaged: copy it again"

pusher=
for program in skopeo podman; do
  [ -n "$pusher" ] || { command -v $program > /dev/null && pusher=$program; } || true
done
[ -z "$IMAGES" ] || [ -n "$pusher" ] || fail "skopeo or podman is missing; on Debian: apt-get install skopeo"

if [ -n "${CA_FILE:-}" ]; then
  mkdir "$work/certs"
  cp "$CA_FILE" "$work/certs/ca.crt"
  export GIT_SSL_CAINFO="$CA_FILE"
fi
export REGISTRY_AUTH_FILE="$work/auth.json"
if [ -n "$IMAGES" ] && [ -n "${GITLAB_TOKEN:-}" ]; then
  printf %s "$GITLAB_TOKEN" | "$pusher" login --username "$GITLAB_USER" --password-stdin \
    ${REGISTRY_TLS:+--tls-verify="$REGISTRY_TLS"} ${CA_FILE:+--cert-dir "$work/certs"} "$REGISTRY" > /dev/null
fi

push_image() { # FILE TARGET
  if [ "$pusher" = skopeo ]; then
    skopeo copy --quiet --preserve-digests ${REGISTRY_TLS:+--dest-tls-verify="$REGISTRY_TLS"} \
      ${CA_FILE:+--dest-cert-dir "$work/certs"} "oci-archive:$1" "docker://$2"
  else
    image=$(podman load --quiet --input "$1" | sed 's/^Loaded image[^:]*: *//')
    podman push --quiet ${REGISTRY_TLS:+--tls-verify="$REGISTRY_TLS"} ${CA_FILE:+--cert-dir "$work/certs"} "$image" "docker://$2"
  fi
}
for name in $IMAGES; do
  say "image $name:$VERSION"
  push_image "images/$name.oci.tar" "$REGISTRY/$PROJECT/$name:$VERSION" || fail "the image $name was not taken, see above"
done

say "repository, tag $VERSION"
git clone --quiet --bare repository.bundle "$work/repository.git" 2> "$work/clone.log" || { cat "$work/clone.log" >&2; fail "repository.bundle cannot be read"; }
cd "$work/repository.git"
# The token reaches git by its environment, never as an argument.
# shellcheck disable=SC2016 # the helper's shell expands it
git config credential.helper '!f() { echo "username=$GITLAB_USER"; echo "password=${GITLAB_TOKEN:-}"; }; f'
export GITLAB_USER GITLAB_TOKEN="${GITLAB_TOKEN:-}" GIT_TERMINAL_PROMPT=0
address="${GITLAB_URL%/}/$PROJECT.git"
git push --quiet "$address" "refs/heads/main:refs/heads/$BRANCH" -o ci.skip 2> "$work/push.log" ||
  say "the branch $BRANCH stays as it is (it holds other commits); the tag is what counts"
# Images are there: the tag's pipeline has only to release.
git push --quiet "$address" "refs/tags/$VERSION" -o ci.variable="MODEL_TO_EDGE_IMPORTED=true" 2> "$work/push.log" ||
  { cat "$work/push.log" >&2; fail "$address does not take the tag $VERSION: make the project, protect the tags *.*.* for the token's role, and run this again"; }

say "done: include \$CI_SERVER_FQDN/$PROJECT/convert@$VERSION; @${VERSION%%.*} once the tag's pipeline has released it"
