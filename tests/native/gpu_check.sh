#!/bin/bash
# Checks the trainer on one GPU in under five minutes: builds native_train with the LibTorch of this machine's
# python3 (which must see the GPU), then runs gpu_check.py, whose arguments these are.
#   tests/native/gpu_check.sh [--data DIR] [--build DIR] [--device cuda]
set -euo pipefail
cd "$(dirname "$0")/../.."
if [[ " $* " != *" --build "* ]]; then
  mkdir -p build
  torch=$(python3 -c 'import torch; print(torch.utils.cmake_prefix_path)')
  cmake -S . -B build/gpu -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$torch" > build/gpu.log 2>&1 &&
    cmake --build build/gpu --target native_train >> build/gpu.log 2>&1 || { tail -30 build/gpu.log; exit 1; }
  set -- --build build/gpu "$@"
fi
exec python3 tests/native/gpu_check.py "$@"
