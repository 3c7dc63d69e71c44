#!/usr/bin/env bash
# Builds images with buildah and pushes them, from the repository's root:
#   bash scripts/build-images.sh cpu|cuda     the images of $CI_COMMIT_SHA
#   bash scripts/build-images.sh tag VERSION  the same images under a version;
#     prints one line of Markdown for each, with its digest, and writes what is
#     in it to sbom/NAME.cdx.json (CycloneDX)
# IMAGES is where they go. Set, where they differ from the public ones:
# NODE_IMAGE, DEBIAN_IMAGE, CUDA_IMAGE (bases), NPM_CONFIG_REGISTRY and
# PIP_INDEX_URL (mirrors), CA_BUNDLE (a file with all authorities to trust).
set -euo pipefail
: "${IMAGES:?where the images go}" "${CI_COMMIT_SHA:?the commit}"

build() { # NAME FILE ARGUMENTS…
  local name=$1 file=$2 options=()
  shift 2
  for variable in NPM_CONFIG_REGISTRY PIP_INDEX_URL; do
    [ -z "${!variable:-}" ] || options+=(--build-arg "$variable=${!variable}")
  done
  if [ -n "${CA_BUNDLE:-}" ]; then
    options+=(--volume "$CA_BUNDLE:/run/authorities.pem:ro")
    options+=(--build-arg NODE_EXTRA_CA_CERTS=/run/authorities.pem --build-arg PIP_CERT=/run/authorities.pem)
  fi
  buildah build --file "$file" "${options[@]}" "$@" --tag "$IMAGES/$name:$CI_COMMIT_SHA" .
  buildah push "$IMAGES/$name:$CI_COMMIT_SHA"
}

tag() { # NAME VERSION
  local image="$IMAGES/$1" digest
  digest=$(mktemp)
  buildah pull --quiet "$image:$CI_COMMIT_SHA" > /dev/null
  buildah push --quiet --digestfile "$digest" "$image:$CI_COMMIT_SHA" "docker://$image:$2"
  sbom "$1" "$2" "$image:$CI_COMMIT_SHA"
  echo "- \`$image:$2@$(cat "$digest")\`, [what is in it](${CI_PROJECT_URL:-}/-/jobs/artifacts/$2/raw/sbom/$1.cdx.json?job=tag-images) (CycloneDX)"
}

sbom() { # NAME VERSION IMAGE
  local container python=()
  [ "$1" = runner ] || python=(/opt/engine/bin/python)
  mkdir -p sbom
  container=$(buildah from "$3")
  buildah run --volume "$PWD:/repository:ro" "$container" -- \
    node /repository/scripts/sbom.mjs "$1" "$2" "${python[@]}" > "sbom/$1.cdx.json"
  buildah rm "$container" > /dev/null
}

case ${1:-} in
  cpu)
    build runner components/runner/Dockerfile ${NODE_IMAGE:+--build-arg "NODE=$NODE_IMAGE"}
    build mmdeploy components/mmdeploy/Dockerfile --build-arg "RUNNER=$IMAGES/runner:$CI_COMMIT_SHA" \
      ${DEBIAN_IMAGE:+--build-arg "BASE=$DEBIAN_IMAGE"}
    for engine in sklearn tensorflow; do
      build "$engine" "components/$engine/Dockerfile" --build-arg "RUNNER=$IMAGES/runner:$CI_COMMIT_SHA" \
        ${DEBIAN_IMAGE:+--build-arg "BASE=$DEBIAN_IMAGE"}
    done
    # One for CPU and GPU: PyPI's torch comes with CUDA's libraries.
    build torch components/torch/Dockerfile --build-arg "RUNNER=$IMAGES/runner:$CI_COMMIT_SHA" \
      ${DEBIAN_IMAGE:+--build-arg "BASE=$DEBIAN_IMAGE"}
    ;;
  cuda)
    build mmdeploy-cuda components/mmdeploy/Dockerfile --build-arg "RUNNER=$IMAGES/runner:$CI_COMMIT_SHA" \
      --build-arg "BASE=${CUDA_IMAGE:-pytorch/pytorch:2.8.0-cuda12.9-cudnn9-devel}" --build-arg FORCE_CUDA=1
    ;;
  tag)
    for name in runner mmdeploy mmdeploy-cuda sklearn tensorflow torch; do tag "$name" "${2:?the version}"; done
    ;;
  *)
    echo "usage: build-images.sh cpu|cuda|tag VERSION" >&2
    exit 2
    ;;
esac
