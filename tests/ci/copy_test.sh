#!/bin/sh
# make BUILD=FOLDER works in a copy, and never touches a folder that holds anything else.
#   copy_test.sh REPOSITORY
set -eu
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
tree="$folder/a tree"
mkdir -p "$tree/web" "$tree/build" "$tree/.git"
cp -R "$1/.ci" "$1/Makefile" "$tree"
echo old >"$tree/web/file"
chmod -R a-w "$tree"

check() { if ! eval "$1"; then echo "not so: $1"; exit 1; fi; }
help() { status=0; said=$(make -C "$tree" BUILD="$1" help 2>&1) || status=$?; }

help "$folder/b"
copy=$folder/b/digit-vae
check '[ $status = 0 ] && echo "$said" | grep -q "make demo"'
check '[ "$(cat "$copy/web/file")" = old ] && [ -w "$copy/web" ] && [ ! -e "$copy/.git" ] && [ ! -e "$copy/build" ]'

# Again: what was built stays, what is gone from the tree goes.
mkdir "$copy/build"
touch "$copy/build/made" "$copy/web/gone"
help "$folder/b"
check '[ $status = 0 ] && [ -e "$copy/build/made" ] && [ ! -e "$copy/web/gone" ]'

# A folder of somebody's, the tree itself, a folder inside of it; a BUILD of the environment means nothing.
mkdir -p "$folder/other/digit-vae"
touch "$folder/other/digit-vae/mine"
help "$folder/other"
check '[ $status != 0 ] && [ -e "$folder/other/digit-vae/mine" ] && echo "$said" | grep -q "has other files in it"'
chmod -R u+w "$tree"
help "$tree"
check '[ $status != 0 ] && echo "$said" | grep -q "is inside of what is to be copied"'
ln -s "$tree" "$folder/digit-vae"
help "$folder"
check '[ $status != 0 ] && [ -e "$tree/web/file" ]'
BUILD="$folder/c" make -C "$tree" help >/dev/null
check '[ ! -e "$folder/c" ]'
echo passed
