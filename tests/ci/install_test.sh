#!/bin/sh
# What .ci/install says where there is no apt: what is missing, by its names on that system, and nothing is installed.
#   install_test.sh REPOSITORY
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin" "$folder/tree"
cp -R "$1/.ci" "$1/package-lock.json" "$folder/tree"
# A machine with nothing but the tools that the script itself takes.
for tool in awk cat cut cksum dirname env find grep id mkdir mv rm sed sh sha256sum sort tail tr uname; do
  if command -v $tool >/dev/null; then ln -s "$(command -v $tool)" "$folder/bin/$tool"; fi
done

# expect COMPONENT PATTERN: exit status 69, and one line that matches
expect() {
  status=0
  said=$(PATH=$folder/bin "$folder/tree/.ci/install" "$1" 2>&1) || status=$?
  if [ $status != 69 ] || [ "$(echo "$said" | wc -l)" != 1 ] || ! echo "$said" | grep -Eq "$2"; then
    echo "expected exit status 69 and one line like: $2"
    echo "$status: $said"
    exit 1
  fi
}

expect web 'missing here, by their names in Fedora: cmake eigen3-devel emscripten gcc-c\+\+ ninja-build nodejs python3$'
for manager in dnf pacman brew; do
  printf '#!/bin/sh\necho called >>%s/calls\n' "$folder" >"$folder/bin/$manager"
  chmod +x "$folder/bin/$manager"
  case $manager in
    dnf) expect native 'run: sudo dnf install cmake eigen3-devel gcc-c\+\+ glfw-devel libpng-devel mesa-libGL-devel ninja-build openssl-devel python3 zlib-devel$' ;;
    pacman) expect web 'run: sudo pacman -S --needed cmake eigen emscripten gcc ninja nodejs python$' ;;
    brew) expect web 'run: brew install cmake eigen emscripten ninja node python$' ;;
  esac
  rm "$folder/bin/$manager"
done
[ ! -e "$folder/calls" ] || { echo 'a package manager was called'; exit 1; }

# What is there is not asked for.
for tool in cmake ninja python3 node; do ln -s /bin/true "$folder/bin/$tool"; done
expect web 'by their names in Fedora: eigen3-devel emscripten gcc-c\+\+$'
echo passed
