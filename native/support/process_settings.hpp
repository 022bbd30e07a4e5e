// What a training program sets once for its whole process, before it trains.
#pragma once

namespace vae {

/// Sets LibTorch's threads, at least 1, and those of OpenBLAS where LibTorch computes with it: results depend
/// on both to the last bit.
void set_threads(int threads);

/// Memory that is freed stays with the process. A step asks for the same tensors again and again; taken from
/// the kernel each time, every page of them is cleared and mapped anew.
void keep_freed_memory();

}  // namespace vae
