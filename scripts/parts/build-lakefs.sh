#!/bin/sh
# Builds lakefs, lakectl and lakefs-acl (lakeFS's own server of users and
# groups) with Go: sh build-lakefs.sh FOLDER. Prints the folder
# FOLDER/lakefs-v<version> that holds them; does nothing where it does.
set -eu
version=1.84.0

mkdir -p "$1/lakefs-v$version"
target=$(cd "$1/lakefs-v$version" && pwd)
# As the main module inside the module cache, so that lakeFS's own go.mod,
# go.sum and replaces hold; the caller's workspace and flags must not.
export CGO_ENABLED=0 GOWORK=off GOFLAGS=
source=
for name in lakefs lakectl lakefs-acl; do
  [ -x "$target/$name" ] && continue
  [ -n "$source" ] || source=$(go mod download -json "github.com/treeverse/lakefs@v$version" |
    sed -n 's/^[[:space:]]*"Dir": "\(.*\)",\{0,1\}$/\1/p')
  [ -n "$source" ] || { echo "go could not download lakeFS $version" >&2; exit 1; }
  package=./cmd/$name
  [ "$name" != lakefs-acl ] || package=./contrib/auth/acl/cmd/acl
  (cd "$source" && go build -trimpath -o "$target/$name.$$" \
    -ldflags "-s -w -X github.com/treeverse/lakefs/pkg/version.Version=$version" "$package")
  mv "$target/$name.$$" "$target/$name"
done
echo "$target"
